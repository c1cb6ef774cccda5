import BrokerFixture
import Logging
import MQTTIntake

/// An intake with what a test needs around it.
final class Rig {
    typealias Message = (topic: String, payload: [UInt8])

    let wake: Wake
    let intake: BrokerIntake

    init(
        port: Int, clientID: String = "forewarn", subscriptions: [String] = ["fleet/#"],
        previouslyGranted: Set<String> = [], limits: BatchLimits = BatchLimits(),
        change: (inout BrokerSettings) -> Void = { _ in }
    ) throws {
        wake = try Wake()
        var settings = BrokerSettings(
            address: BrokerAddress(host: "127.0.0.1", port: port), clientID: clientID)
        settings.subscriptions = subscriptions
        change(&settings)
        intake = BrokerIntake(
            settings: settings, limits: limits, previouslyGranted: previouslyGranted, wake: wake,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Goes round gathering and acknowledging until `isDone`; gives what arrived.
    @discardableResult
    func run(
        until isDone: (BrokerIntake) -> Bool, within limit: Duration = .seconds(15)
    ) -> [Message] {
        let end = ContinuousClock.now + limit
        var messages: [Message] = []
        while !isDone(intake), ContinuousClock.now < end {
            messages += Self.unpack(intake.gather(timeout: .milliseconds(20)))
            intake.acknowledge()
        }
        return messages
    }

    /// Waits until the broker has granted all of `subscriptions`.
    func subscribe(to subscriptions: Set<String> = ["fleet/#"]) {
        run(until: { $0.state.isUp && $0.granted == subscriptions })
    }

    /// Gathers and acknowledges until `count` messages came, or no more within `quiet`.
    func take(_ count: Int, quiet: Duration = .seconds(10)) -> [Message] {
        var messages: [Message] = []
        while messages.count < count {
            let batch = intake.gather(timeout: quiet)
            intake.acknowledge()
            guard !batch.isEmpty else { break }
            messages += Self.unpack(batch)
        }
        return messages
    }

    static func unpack(_ batch: MessageBatch) -> [Message] {
        batch.messages.map { (batch.topic(of: $0), Array(batch.payload(of: $0))) }
    }

    /// Messages whose payloads are their numbers.
    static func numbered(_ numbers: Range<Int>) -> [Message] {
        numbers.map { ("fleet/van\($0 % 7)/dtc", Array(String($0).utf8)) }
    }

    static func numbers(_ messages: [Message]) -> [Int] {
        messages.compactMap { Int(String(decoding: $0.payload, as: UTF8.self)) }
    }
}
