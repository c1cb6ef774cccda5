/// How a failure announces itself, if it does.
public enum FailureFamily: String, CaseIterable, Sendable {
    /// A signal wanders towards the limit where the part fails.
    case drift
    /// A signal jumps and stays there.
    case step
    /// A signal becomes unsteady, its mean unchanged.
    case unsteady
    /// A code comes back ever more often.
    case returningCode = "returning-code"
    /// A code and a dip of a signal come together; either alone means nothing.
    case codeAndSignal = "code-and-signal"
    /// A signal no longer follows the load, its mean unchanged.
    case brokenCorrelation = "broken-correlation"
    /// A signal wanders, and shows it only when it is cold.
    case onlyInCold = "only-in-cold"
}
