import ArgumentParser
import FleetWatch
import MQTTIntake
import TicketStorage

/// How a command ends when it does not end well; the numbers are part of the interface.
enum FailureCode: Int32 {
    /// The answer is no: no such ticket, a check failed, a comparison differs.
    case no = 1
    /// Wrong arguments or configuration.
    case usage = 2
    /// Broker or store out of reach.
    case unreachable = 3
    /// Data was refused.
    case badData = 4
    /// Credentials or TLS.
    case refused = 5
    /// The daemon's configuration is wrong: EX_CONFIG of sysexits.h, so that systemd does not
    /// start it again and again.
    case configuration = 78
    /// What was waited for did not come in time, as with `timeout(1)`.
    case waitRanOut = 124
    /// Ctrl-C.
    case interrupted = 130
}

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
