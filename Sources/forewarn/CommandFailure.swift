import ArgumentParser
import FleetWatch
import MQTTIntake
import StoreText
import TicketStorage

/// Ends a command with a sentence, an exit code and perhaps a way on.
struct CommandFailure: Error {
    var code: FailureCode
    /// Empty when there is nothing to say, as when a wait ran out.
    var message: String
    /// What to do about it, as one line.
    var hint: String?

    init(code: FailureCode, message: String = "", hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// What an error of the modules below means for whoever called; `nil` for one of the argument
    /// parser.
    init?(from error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as TicketStore.Unusable:
            self.init(
                code: .unreachable, message: error.description,
                hint: "name the state folder with --state, or look with forewarn doctor")
        case let error as BrokerUnreachable:
            self.init(code: .unreachable, message: error.description)
        case let error as BrokerRefused:
            self.init(code: .refused, message: error.description)
        case let error as BrokerAddressFailure:
            self.init(code: .usage, message: error.description)
        case is LaneDamaged, is JournalBody.Damaged:
            self.init(code: .badData, message: "stored bytes make no sense: \(error)")
        default: return nil
        }
    }

    /// Tells whoever called.
    func write() {
        if !message.isEmpty { Output.talk("forewarn: \(message)") }
        if let hint { Output.talk("  hint: \(hint)") }
    }
}
