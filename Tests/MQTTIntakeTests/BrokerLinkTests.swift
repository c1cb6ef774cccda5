import Testing

@testable import MQTTIntake

@Suite("When to dial the broker") struct BrokerLinkTests {
    let start = ContinuousClock.now
    let nobody = BrokerFailure.unreachable("connection refused")

    private func delays(_ failure: BrokerFailure, jitter: Double, count: Int) -> [Duration] {
        var link = BrokerLink()
        return (0..<count).compactMap { _ in
            link.dialled(at: start)
            guard case .dial(let delay) = link.failed(failure, at: start, jitter: jitter) else {
                return nil
            }
            return delay
        }
    }

    @Test("delays double from 0.2 s, and a broker that comes back is found within 5 s")
    func doubles() {
        let seen = delays(nobody, jitter: 1, count: 40)
        #expect(
            Array(seen.prefix(6)) == [200, 400, 800, 1600, 3200, 4000].map { .milliseconds($0) })
        #expect(seen.allSatisfy { $0 <= .seconds(4) })
    }

    @Test("jitter takes off up to half, never more", arguments: [0, 0.25, 0.5, 0.999])
    func jitters(jitter: Double) {
        let full = delays(nobody, jitter: 1, count: 12)
        for (delay, whole) in zip(delays(nobody, jitter: jitter, count: 12), full) {
            #expect(delay >= whole / 2 && delay <= whole)
        }
    }

    @Test(
        "what a person must mend is tried slowly, and another client is left alone the longest",
        arguments: [
            (BrokerFailure.credentialsRefused(""), 2, 30), (.insecure(""), 2, 30),
            (.refused(""), 2, 30), (.takenOver, 15, 60),
        ])
    func slowsDown(failure: BrokerFailure, first: Int, longest: Int) {
        let seen = delays(failure, jitter: 1, count: 20)
        #expect(seen.first == .seconds(first) && seen.last == .seconds(longest))
    }

    /// Plays a link that comes up and breaks after `life`, and gives the state and the delay.
    private func play(
        _ link: inout BrokerLink, life: Duration, _ failure: BrokerFailure = .lost("")
    ) -> (LinkState, Duration) {
        link.accepted(sessionPresent: true, at: start)
        guard case .dial(let delay) = link.failed(failure, at: start + life, jitter: 1) else {
            return (link.state, .zero)
        }
        return (link.state, delay)
    }

    @Test("a link that breaks each time it comes up has a rival, and gives way")
    func givesWay() {
        var link = BrokerLink()
        let lives = (1...5).map { _ in play(&link, life: .seconds(1)) }
        let rival = BrokerFailure.takenOver
        #expect(
            lives.map(\.0)
                == [.lost(""), .lost(""), rival, rival, rival].enumerated().map {
                    .down($0.element, attempts: $0.offset + 1)
                })
        #expect(lives.map(\.1) == [200, 400, 15_000, 30_000, 60_000].map { .milliseconds($0) })
    }

    @Test("a link that held is dialled again at once, and so is one whose broker was away")
    func forgives() {
        var link = BrokerLink()
        for _ in 1...2 { _ = play(&link, life: .seconds(1)) }
        #expect(
            play(&link, life: BrokerLink.settled) == (
                .down(.lost(""), attempts: 1), .milliseconds(200)
            ))
        for _ in 1...2 { _ = play(&link, life: .seconds(1)) }
        _ = link.failed(nobody, at: start, jitter: 1)
        #expect(play(&link, life: .seconds(1)).0 == .down(.lost(""), attempts: 5))
    }

    @Test("batches that cannot be committed are no sign of a rival")
    func abandons() {
        var link = BrokerLink()
        let lives = (1...20).map { _ in play(&link, life: .zero, .abandoned) }
        #expect(lives.last?.0 == .down(.abandoned, attempts: 20))
        #expect(lives.last?.1 == .seconds(4))
    }

    @Test("a client that fails fast gives up before its first acceptance, and never after")
    func failsFast() {
        var link = BrokerLink(failsFast: true)
        var action = link.failed(nobody, at: start, jitter: 1)
        #expect(action == .giveUp)
        link = BrokerLink(failsFast: true)
        link.accepted(sessionPresent: false, at: start)
        action = link.failed(.lost(""), at: start, jitter: 1)
        #expect(action != .giveUp)
    }

    @Test("a broker that takes the connection and says nothing is overdue after its time")
    func overdue() {
        var link = BrokerLink()
        link.dialled(at: start)
        #expect(!link.isOverdue(at: start + .seconds(9)))
        #expect(link.isOverdue(at: start + BrokerLink.patience))
        link.accepted(sessionPresent: false, at: start)
        #expect(!link.isOverdue(at: start + .seconds(99)))
    }
}

@Suite("What to subscribe to") struct SubscriptionPlanTests {
    private func plan(
        _ wanted: [String], _ before: Set<String>, keepsSession: Bool = true
    ) -> SubscriptionPlan {
        SubscriptionPlan(wanted: wanted, previouslyGranted: before, keepsSession: keepsSession)
    }

    @Test("a kept session with the same topics is left as it is")
    func unchanged() {
        var plan = plan(["a", "b"], ["a", "b"])
        let changes = plan.accepted(sessionPresent: true)
        #expect(changes == .init())
    }

    @Test("a kept session is asked for all topics again where that is free")
    func renewed() {
        var plan = SubscriptionPlan(
            wanted: ["a", "b"], previouslyGranted: ["a", "b", "c"], keepsSession: true,
            renews: true)
        let changes = plan.accepted(sessionPresent: true)
        #expect(changes == .init(subscribe: ["a", "b"], unsubscribe: ["c"]))
        let isGood = plan.answered("b", quality: 135)
        #expect(!isGood)
        plan.ended("c")
        #expect(plan.granted == ["a"], "a refusal ends what was granted before")
    }

    @Test("a kept session learns new topics and forgets old ones")
    func changed() {
        var plan = plan(["b", "c"], ["a", "b"])
        let changes = plan.accepted(sessionPresent: true)
        #expect(changes == .init(subscribe: ["c"], unsubscribe: ["a"]))
        #expect(plan.granted == ["a", "b"], "nothing is granted before the broker says so")
        let isGood = plan.answered("c", quality: 1)
        #expect(isGood)
        plan.ended("a")
        #expect(plan.granted == ["b", "c"])
    }

    @Test("a forgotten session subscribes to all again, and is a loss only if there was one")
    func forgotten() {
        var plan = plan(["a"], ["a"])
        var changes = plan.accepted(sessionPresent: false)
        #expect(changes == .init(subscribe: ["a"], sessionLost: true))
        changes = plan.accepted(sessionPresent: false)
        #expect(changes == .init(subscribe: ["a"]))
        var once = self.plan(["a"], ["a"], keepsSession: false)
        changes = once.accepted(sessionPresent: false)
        #expect(changes == .init(subscribe: ["a"]))
    }

    @Test(
        "QoS 0 is as good as refused", arguments: [(0, false), (1, true), (2, true), (135, false)])
    func grants(quality: Int, isGood: Bool) {
        var plan = plan(["a"], [])
        _ = plan.accepted(sessionPresent: false)
        let answer = plan.answered("a", quality: quality)
        #expect(answer == isGood)
        #expect(plan.granted == (isGood ? ["a"] : []) && plan.refused == (isGood ? [] : ["a"]))
    }
}

@Suite("What waits to be published") struct PublishQueueTests {
    private func filled(_ count: Int, window: Int = 2) throws -> PublishQueue {
        var queue = PublishQueue(limit: count, window: window)
        for number in 1...count {
            _ = try queue.add(topic: "t\(number)", payload: [], retain: false)
        }
        return queue
    }

    @Test("no more than a window is with the broker, and no more than the limit waits")
    func bounds() throws {
        var queue = try filled(3)
        #expect(throws: PublishFailure.queueFull) {
            var full = queue
            _ = try full.add(topic: "t", payload: [], retain: false)
        }
        queue.handOver(as: 1)
        queue.handOver(as: 2)
        #expect(queue.next == nil)
        queue.answered(1, refusal: nil)
        #expect(queue.next?.topic == "t3")
        let confirmed = [queue.takeConfirmed(), queue.takeConfirmed()]
        #expect(confirmed.map { $0.map(\.number) } == [[1], []])
    }

    @Test("after a lost connection all that is unconfirmed goes again, in its old order")
    func goesAgain() throws {
        var queue = try filled(5, window: 3)
        for packet in [7, 8, 9] { queue.handOver(as: Int32(packet)) }
        queue.answered(8, refusal: nil)
        queue.connectionLost()
        var order: [String] = []
        for packet in 1...4 {
            guard let next = queue.next else { break }
            order.append(next.topic)
            queue.handOver(as: Int32(packet))
            queue.answered(Int32(packet), refusal: packet == 1 ? "not authorised" : nil)
        }
        #expect(order == ["t1", "t3", "t4", "t5"] && queue.count == 0)
        queue.answered(99, refusal: nil)
        let refused = queue.takeRefused().map(\.id.number)
        let confirmed = queue.takeConfirmed().map(\.number)
        #expect(refused == [1] && confirmed == [2, 3, 4, 5])
    }
}

@Suite("When a batch is closed") struct BatchLimitsTests {
    @Test(
        "nobody waits longer than either of the last commits took, nor longer than the linger",
        arguments: [
            (0, 0, 0), (1, 1, 1), (5, 5, 5), (80, 80, 5), (-3, 2, 0), (4, 1, 1), (1, 4, 1),
            (80, 1, 1),
        ])
    func waits(commit: Int, before: Int, wait: Int) {
        let limits = BatchLimits(linger: .milliseconds(5))
        #expect(
            limits.wait(lastCommits: .milliseconds(commit), .milliseconds(before))
                == .milliseconds(wait))
    }

    @Test("a batch that a caller still holds is not touched by the next one")
    func copies() {
        var batch = MessageBatch()
        batch.append(topic: "t".utf8, payload: [1, 2], receivedMilliseconds: 5)
        let held = batch
        batch.reset(keepingUpTo: 1 << 20)
        batch.append(topic: "other".utf8, payload: [], receivedMilliseconds: 6, retained: true)
        #expect(held.messages.map { held.topic(of: $0) } == ["t"])
        #expect(held.messages.map { Array(held.payload(of: $0)) } == [[1, 2]])
        #expect(batch.messages.first.map { batch.topic(of: $0) } == "other")
    }
}
