extension VehicleID {
    /// No vehicle at all; no text is read as it.
    public static let nobody = VehicleID()

    /// Stands for all vehicles of the roster that something is true of: `*`. A ticket about a campaign is
    /// about no vehicle of its own.
    public static let wholeFleet = reserved(wholeFleetText)
    private static let wholeFleetText = "*"

    /// Whether a stored identifier is ``wholeFleet``; lists ask it of every line.
    public static func isWholeFleet(_ text: String) -> Bool { text == wholeFleetText }

    /// The vehicle that does not exist: the daemon speaks for it to hear whether messages still come
    /// through, and no figure counts it.
    public static let canary = reserved("FOREWARN-CANARY")

    private static func reserved(_ text: String) -> VehicleID {
        guard let id = VehicleID(text) else { preconditionFailure("\(text) is no identifier") }
        return id
    }
}
