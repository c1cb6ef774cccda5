/// The sites that a report tells of; `nil` for all.
typealias SiteChoice = Set<String>?

extension SiteChoice {
    /// Whether something at a site counts; what says nothing of sites says nothing of one of them.
    func holds(_ site: String?) -> Bool {
        guard let self else { return true }
        return site.map(self.contains) ?? false
    }
}
