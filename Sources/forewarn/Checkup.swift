import Foundation
import Glibc
import MQTTIntake
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

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

    private static func daemon(_ patient: Patient) -> [Diagnosis] {
        [StoreCheckup.daemon(folder: patient.store.folder)]
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
            return [.ok(.store, "\(store.path)")]
                + StoreCheckup.content(try store.facts(), at: Arguments.now)
        } catch {
            return [
                .fail(
                    .store, "\(error)",
                    fix: "name the state folder with --state; the service's belongs to root",
                    code: .unreachable)
            ]
        }
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

    private static func sight(_ patient: Patient) -> [Diagnosis] {
        guard let store = try? patient.store.open() else { return [] }
        return (try? StoreCheckup.sight(store)) ?? []
    }

    private static func canary(_ patient: Patient) -> [Diagnosis] {
        guard let store = try? patient.store.open() else { return [] }
        return (try? StoreCheckup.canary(store, at: Arguments.now)) ?? []
    }
}
