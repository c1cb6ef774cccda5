import BrokerFixture
import Foundation
import MQTTIntake
import Testing

/// Certificates made with the `openssl` program, for one test.
final class Authority {
    static let program = ["/usr/bin/openssl", "/usr/local/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    let folder: URL

    /// An authority that has signed a certificate for `name`.
    init(certifying name: String) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let extensions = folder.appendingPathComponent("extensions")
        try "subjectAltName=\(name)\n".write(to: extensions, atomically: true, encoding: .utf8)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try run(
            ["req", "-x509"] + key
                + ["-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=authority"])
        try run(["req"] + key + ["-keyout", "key.pem", "-out", "csr.pem", "-subj", "/CN=broker"])
        try run(
            ["x509", "-req", "-in", "csr.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2"]
                + ["-CAcreateserial", "-extfile", "extensions", "-out", "cert.pem"])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program ?? "openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }
}

@Suite(
    "A secure link", .serialized,
    .enabled(if: PrivateBroker.isInstalled && Authority.program != nil))
struct SecurityTests {
    private func broker(_ authority: Authority) throws -> PrivateBroker {
        try PrivateBroker(lines: [
            "cafile \(authority.path("ca.pem"))", "certfile \(authority.path("cert.pem"))",
            "keyfile \(authority.path("key.pem"))",
        ])
    }

    private func settings(_ broker: PrivateBroker, trusting: Authority) -> BrokerSettings {
        var settings = BrokerSettings(
            address: BrokerAddress(host: "127.0.0.1", port: broker.port, isEncrypted: true),
            clientID: "publisher")
        settings.security.authorityFile = trusting.path("ca.pem")
        return settings
    }

    @Test("messages pass through TLS, more of them than one record holds")
    func passes() throws {
        let authority = try Authority(certifying: "IP:127.0.0.1")
        let broker = try broker(authority)
        let trusted = settings(broker, trusting: authority)
        let rig = try Rig(port: broker.port) {
            $0.address = trusted.address
            $0.security = trusted.security
        }
        rig.subscribe()
        let publisher = try BrokerPublisher(settings: trusted)
        for message in Rig.numbered(0..<3000) {
            try publisher.publish(topic: message.topic, payload: message.payload)
        }
        #expect(try publisher.drain(timeout: .seconds(20)) == 0)
        publisher.close()
        #expect(Rig.numbers(rig.take(3000)) == Array(0..<3000))
        rig.intake.close()
    }

    @Test("an unknown authority or another name is no secure connection, and no way round it")
    func refuses() throws {
        let authority = try Authority(certifying: "IP:127.0.0.1")
        let stranger = try Authority(certifying: "DNS:elsewhere.example")
        let cases = [(try broker(authority), stranger), (try broker(stranger), stranger)]
        for (broker, trusted) in cases {
            do {
                _ = try BrokerPublisher(settings: settings(broker, trusting: trusted))
                Issue.record("connected")
            } catch let error as BrokerRefused {
                guard case .insecure = error.failure else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
    }
}
