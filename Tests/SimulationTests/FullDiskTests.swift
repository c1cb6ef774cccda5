import BrokerFixture
import Foundation
import Testing

extension Simulation {
    @Suite(
        "A full disk", .serialized,
        .enabled(if: PrivateBroker.isInstalled && SmallDisk.canBeMade))
    struct FullDiskTests {
        @Test("a full disk stops acknowledgements, loses nothing and heals by itself")
        func fullDisk() throws {
            let count = 6000
            let messages = Traffic.messages(count, vehicles: 20, seed: 41)
            let garage = try Garage()
            let disk = try SmallDisk(at: garage.file("disk"), megabytes: 12)
            garage.state = disk.path + "/state"
            let daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            try Publication(Array(messages[..<1000]), to: garage.broker.address).finish()
            try garage.waitForMessage(1000)

            try disk.fill()
            try Publication(Array(messages[1000..<5000]), to: garage.broker.address).finish()
            try expect("a failed commit") {
                daemon.output.contains("commit failed, nothing acknowledged")
            }
            // Some batches found room in the log of the database; then there is none left.
            try garage.waitForFailures(3, of: daemon)
            let acknowledged = garage.acknowledgements
            try garage.waitForFailures(2, of: daemon)
            #expect(garage.acknowledgements == acknowledged)
            #expect(acknowledged < 5000)
            // A kill in the middle of it, too.
            daemon.kill()
            let next = try garage.startDaemon()

            try disk.empty()
            // One that could not even open its store leaves that to whoever starts it again.
            if let end = try? next.wait(atMost: .seconds(3)) { #expect(end == .exited(3)) }
            let last = next.end == nil ? next : try garage.startDaemon()
            try Publication(Array(messages[5000...]), to: garage.broker.address).finish()
            try garage.waitForMessage(count)
            #expect(try garage.stop(last) == .exited(0), "\(last.output)")
            try check(garage, messages)
        }

        @Test("a daemon that stays up through a full disk goes on when there is room")
        func heals() throws {
            let count = 6000
            let messages = Traffic.messages(count, vehicles: 20, seed: 42)
            let garage = try Garage()
            let disk = try SmallDisk(at: garage.file("disk"), megabytes: 12)
            garage.state = disk.path + "/state"
            let daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            for part in [0..<2000, 2000..<4000] {
                try disk.fill()
                try Publication(Array(messages[part]), to: garage.broker.address).finish()
                try garage.waitForFailures(2, of: daemon)
                try disk.empty()
                let room = ContinuousClock.now
                try garage.waitForMessage(part.upperBound)
                print("full disk: \(ContinuousClock.now - room) until the backlog was in")
            }
            try Publication(Array(messages[4000...]), to: garage.broker.address).finish()
            try garage.waitForMessage(count)
            #expect(daemon.end == nil)
            #expect(try garage.stop(daemon) == .exited(0), "\(daemon.output)")
            try check(garage, messages)
        }

        @Test("rules that are reloaded while the disk is full come into force when there is room")
        func reload() throws {
            let garage = try Garage()
            let disk = try SmallDisk(at: garage.file("disk"), megabytes: 12)
            garage.state = disk.path + "/state"
            let daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            try disk.fill()
            let more = """
                  - id: catalyst
                    mode: catalyst
                    severity: S4
                    advice: A3
                    component: catalyst
                    skill: ENG
                    when: code "P0420"

                """
            try (Traffic.rules + more)
                .write(to: garage.rules, atomically: true, encoding: .utf8)
            daemon.send(SIGHUP)
            try garage.waitForFailures(1, of: daemon)
            try disk.empty()
            let message = Traffic.message(
                1, vehicle: 1, at: Traffic.start, coolant: 90,
                faults: ["{\"code\":\"P0420\",\"status\":\"confirmed\"}"])
            try Publication([message], to: garage.broker.address).finish()
            try garage.waitForMessage(1)
            #expect(try garage.findingRules() == ["catalyst"], "\(daemon.output)")
            #expect(try garage.stop(daemon) == .exited(0))
            #expect(try garage.verify().end == .exited(0))
        }

        private func check(_ garage: Garage, _ messages: [Message]) throws {
            let found = try garage.contents()
            let whole = try garage.unbroken(messages)
            #expect(found.missing(of: messages.count) == [])
            #expect(found.messages == messages.count)
            #expect(found.breaches == [])
            #expect(found.tickets == whole.tickets)
            #expect(found.findings == whole.findings)
            #expect(try garage.verify().end == .exited(0))
        }
    }
}

/// A file system in memory that is soon full.
final class SmallDisk {
    let path: String

    /// Whether this process may mount.
    static let canBeMade: Bool = {
        guard geteuid() == 0 else { return false }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("disk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return (try? SmallDisk(at: folder, megabytes: 1)) != nil
    }()

    init(at folder: URL, megabytes: Int) throws {
        path = folder.path
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            throw Overdue(what: "a mount")
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Takes all the space that is left.
    func fill() throws {
        let file = open("\(path)/ballast", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        let block = [UInt8](repeating: 0, count: 4096)
        while write(file, block, block.count) > 0 {}
    }

    /// Gives it back.
    func empty() throws { try FileManager.default.removeItem(atPath: "\(path)/ballast") }
}

extension Garage {
    /// Acknowledgements of ours that the broker has seen.
    var acknowledgements: Int {
        broker.log.split(separator: "Received PUBACK from forewarn").count - 1
    }

    /// Waits for that many more failures of the store.
    func waitForFailures(_ count: Int, of daemon: ChildProcess) throws {
        func failures() -> Int {
            daemon.output.split(separator: "\n").count {
                $0.contains("commit failed") || $0.contains("cannot be opened yet")
            }
        }
        let before = failures()
        try expect("\(count) failures; the daemon said:\n\(daemon.output)") {
            failures() >= before + count
        }
    }
}
