/// How a command ends when it does not end well; the numbers are part of the interface.
package enum FailureCode: Int32 {
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
