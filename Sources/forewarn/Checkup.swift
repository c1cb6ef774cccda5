import Foundation
import Glibc
import MQTTIntake
import ServiceTickets
import TerminalText
import TicketStorage
import VehicleFaults

/// What a check found.
struct Diagnosis {
    enum Verdict: String { case ok, warn, fail }

    /// What was looked at.
    enum Check: String, Labelled {
        case clock, config, daemon, disk, store, schema, journal, messages
        case deadLetters = "dead letters"
        case sight, canary, broker

        var texts: (en: String, zh: String) {
            let chinese =
                switch self {
                case .clock: "系统时钟"
                case .config: "配置文件"
                case .daemon: "守护进程"
                case .disk: "磁盘"
                case .store: "数据库"
                case .schema: "表结构"
                case .journal: "日志"
                case .messages: "消息"
                case .deadLetters: "死信"
                case .sight: "车队覆盖"
                case .canary: "链路自检"
                case .broker: "消息代理"
                }
            return (rawValue, chinese)
        }
    }

    var check: Check
    var verdict: Verdict
    var finding: Saying
    /// What to do; `nil` when nothing is.
    var fix: Saying?
    /// The exit code when this alone fails.
    var code = FailureCode.no

    static func ok(_ check: Check, _ finding: Saying) -> Diagnosis {
        Diagnosis(check: check, verdict: .ok, finding: finding)
    }

    static func warn(_ check: Check, _ finding: Saying, fix: Saying) -> Diagnosis {
        Diagnosis(check: check, verdict: .warn, finding: finding, fix: fix)
    }

    static func fail(
        _ check: Check, _ finding: Saying, fix: Saying, code: FailureCode = .no
    ) -> Diagnosis {
        Diagnosis(check: check, verdict: .fail, finding: finding, fix: fix, code: code)
    }
}

/// What is examined.
struct Patient {
    var store: StoreOptions
    var configuration: String?
    var broker: String?
}

/// The checks of `forewarn doctor`, each on its own; a new one is a function in the list.
enum Checkup {
    static let all: [@Sendable (Patient) -> [Diagnosis]] = [
        clock, configuration, daemon, disk, storeState, sight, canary, brokerReach,
    ]

    private static func clock(_ patient: Patient) -> [Diagnosis] {
        // The machine's clock dates every arrival.
        let year = EventTime.date(fromDays: Int(Arguments.now.milliseconds / 86_400_000)).year
        guard (2026..<2100).contains(year) else {
            return [
                .fail(
                    .clock, "this machine says that it is the year \(year)",
                    fix: "keep its clock right with chrony or systemd-timesyncd")
            ]
        }
        return [.ok(.clock, "\(Arguments.now.text())")]
    }

    private static func configuration(_ patient: Patient) -> [Diagnosis] {
        guard let path = patient.configuration else { return [] }
        guard access(path, R_OK) == 0 else {
            return [
                .fail(
                    .config, "\(path) cannot be read: \(String(cString: strerror(errno)))",
                    fix: "name the file that the daemon was started with", code: .usage)
            ]
        }
        return [.ok(.config, "\(path)")]
    }

    /// A running daemon holds a lock on a file of its folder.
    private static func daemon(_ patient: Patient) -> [Diagnosis] {
        let lock = patient.store.folder + "/forewarn.lock"
        let descriptor = open(lock, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            return errno == ENOENT
                ? [
                    .warn(
                        .daemon, "no daemon runs on this folder",
                        fix: "systemctl start forewarn, or forewarn run")
                ]
                : [
                    .warn(
                        .daemon, "\(lock): \(String(cString: strerror(errno)))",
                        fix: "look with the rights of the service")
                ]
        }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else {
            return [.ok(.daemon, "runs")]
        }
        flock(descriptor, LOCK_UN)
        return [
            .warn(
                .daemon, "no daemon runs on this folder",
                fix: "systemctl start forewarn, or forewarn run")
        ]
    }

    private static func disk(_ patient: Patient) -> [Diagnosis] {
        var status = statvfs()
        guard statvfs(patient.store.folder, &status) == 0 else { return [] }
        let free = Int64(status.f_bavail) * Int64(status.f_frsize)
        let size = max(1, Int64(status.f_blocks) * Int64(status.f_frsize))
        let text: Saying = "\(Bytes.text(free)) free of \(Bytes.text(size))"
        let fix: Saying = "make room, or lower store.retain_for or store.retain_bytes"
        if free < 100_000_000 { return [.fail(.disk, text, fix: fix)] }
        if free < 1_000_000_000 || free * 20 < size { return [.warn(.disk, text, fix: fix)] }
        return [.ok(.disk, text)]
    }

    private static func storeState(_ patient: Patient) -> [Diagnosis] {
        do {
            let store = try patient.store.open()
            let integrity = try store.integrity()
            guard integrity == "ok" else {
                return [
                    .fail(
                        .store, "damaged: \(integrity)",
                        fix: "copy the folder away, then restore the last backup")
                ]
            }
            return [.ok(.store, "\(store.path)")] + Self.content(try store.facts())
        } catch {
            return [
                .fail(
                    .store, "\(error)",
                    fix: "name the state folder with --state; the service's belongs to root",
                    code: .unreachable)
            ]
        }
    }

    private static func content(_ facts: StoreFacts) -> [Diagnosis] {
        var found: [Diagnosis] = []
        let tables: Saying = "version \(facts.migrations.count)"
        found.append(
            facts.isKnown
                ? .ok(.schema, tables)
                : .fail(
                    .schema, "\(tables) is newer than this program",
                    fix: "install the version of forewarn that runs as the daemon"))
        found.append(
            .ok(
                .journal,
                "newest row \(facts.journalRow), \(facts.journalRows) kept, "
                    + "\(Bytes.text(facts.bytes))"))
        found.append(age(facts))
        let letters = facts.deadLetters
        let share = Double(letters) / Double(max(1, facts.messages))
        let percent = shortNumber((share * 10_000).rounded() / 100)
        let text: Saying = "\(letters) of \(facts.messages) messages (\(percent) %)"
        found.append(
            share > 0.01 && letters >= 10
                ? .warn(
                    .deadLetters, text,
                    fix: "forewarn dlq ls shows the reasons; many at once mean a changed sender")
                : .ok(.deadLetters, text))
        return found
    }

    private static func age(_ facts: StoreFacts) -> Diagnosis {
        guard let received = facts.received else {
            return .warn(
                .messages, "none was received yet",
                fix: "compare the topics with mosquitto_sub -v -t '#'")
        }
        let age = Arguments.now.milliseconds(since: received)
        let text: Saying = "the newest was received \(Saying(duration: max(0, age))) ago"
        if age < -60_000 {
            return .fail(
                .messages, "the newest was received in the future, at \(received)",
                fix: "keep the clock of this machine right")
        }
        guard age > 900_000 else { return .ok(.messages, text) }
        return .warn(.messages, text, fix: "is the broker up, and do the vehicles drive?")
    }

    private static func brokerReach(_ patient: Patient) -> [Diagnosis] {
        guard let text = patient.broker else { return [] }
        do {
            let address = try BrokerAddress(text)
            let settings = BrokerSettings(
                address: address, clientID: "forewarn-doctor-\(getpid())")
            let publisher = try BrokerPublisher(settings: settings, patience: .seconds(3))
            publisher.close()
            return [.ok(.broker, "\(address) answers")]
        } catch let error as BrokerAddressFailure {
            return [
                .fail(.broker, "\(error)", fix: "write it as mqtt://HOST:PORT", code: .usage)
            ]
        } catch let error as BrokerRefused {
            return [
                .fail(
                    .broker, "\(error)", fix: "compare user, password, certificates and ACL",
                    code: .refused)
            ]
        } catch {
            return [
                .fail(
                    .broker, "\(error)", fix: "is it running, and may this machine reach it?",
                    code: .unreachable)
            ]
        }
    }
}
