import FaultRules
import ServiceTickets

extension FailureModeCatalogue {
    /// Which modes are causes of which others, as the ticket stage goes by it.
    var causes: ModeCatalogue {
        let causes = modes.filter { !$0.suppresses.isEmpty }
        return ModeCatalogue(
            suppresses: Dictionary(
                causes.map { ($0.id, $0.suppresses) }, uniquingKeysWith: { first, _ in first }))
    }
}
