import Foundation
import Glibc
import Testing

/// A running console, asked as a browser does, one connection a question.
final class Visit {
    struct Answer {
        var status: Int
        var headers: [String: String]
        var text: String
    }

    let running: Program.Running
    let port: UInt16
    /// Its folder lasts as long as this.
    private let state: SampleState?

    /// Starts `forewarn console` on a free port and waits until it listens.
    init(_ state: SampleState? = nil, _ more: [String] = []) throws {
        self.state = state
        running = try Program.Running(
            ["console", "--listen", "127.0.0.1:0"] + more, state: state)
        let line = try #require(running.awaitErrors(1).first)
        port = try #require(
            line.split(separator: ":").last.flatMap { UInt16($0.dropLast()) }, "\(line)")
    }

    deinit { running.end() }

    /// Connects; what is written is a whole request.
    private func connect() throws -> Int32 {
        let handle = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0, "nobody listens on \(port)")
        return handle
    }

    private static func send(_ request: String, to handle: Int32) {
        let bytes = Array(request.utf8)
        _ = bytes.withUnsafeBytes { Glibc.send(handle, $0.baseAddress, $0.count, 0) }
    }

    private static func receive(_ handle: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(handle, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    func ask(
        _ path: String, method: String = "GET", host: String? = nil, languages: String? = nil
    ) throws -> Answer {
        let handle = try connect()
        defer { close(handle) }
        let language = languages.map { "Accept-Language: \($0)\r\n" } ?? ""
        Self.send(
            "\(method) \(path) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\n\(language)Connection: close\r\n\r\n",
            to: handle)
        var bytes: [UInt8] = []
        while true {
            let more = Self.receive(handle)
            if more.isEmpty { break }
            bytes += more
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"), "\(text)")
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let words = line.split(separator: ":", maxSplits: 1)
            headers[words[0].lowercased()] = words[1].trimmingCharacters(in: .whitespaces)
        }
        return Answer(
            status: try #require(
                lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }),
            headers: headers, text: String(text[end.upperBound...]))
    }

    /// A stream of events that stays open.
    final class Stream {
        private let handle: Int32
        private(set) var text = ""

        fileprivate init(_ handle: Int32) { self.handle = handle }
        deinit { close(handle) }

        /// Reads until the text holds what is waited for, or the stream ends.
        func await(_ words: (String) -> Bool) -> Bool {
            while !words(text) {
                let more = Visit.receive(handle)
                if more.isEmpty { return false }
                text += String(decoding: more, as: UTF8.self)
            }
            return true
        }
    }

    func listen() throws -> Stream {
        let handle = try connect()
        Self.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n", to: handle)
        return Stream(handle)
    }
}
