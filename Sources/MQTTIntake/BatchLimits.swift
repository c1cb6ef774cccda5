/// When a batch is closed and handed over to be committed.
public struct BatchLimits: Hashable, Sendable {
    /// Messages at which a batch is full.
    ///
    /// It may go over by as many as we have publishes in flight, or as one TLS record holds, because
    /// libmosquitto reads that many packets in one go.
    public var messages: Int
    /// Bytes of topics and payloads at which a batch is full; the last message may go over.
    public var bytes: Int
    /// The longest that a batch which is neither empty nor full waits for company.
    ///
    /// The wait is never longer than the last commit took: on a fast disk a message is not kept
    /// waiting for nothing, and on a slow one batches grow until the disk keeps up.
    public var linger: Duration

    /// Limits for a daemon: 2,000 messages, 4 MiB, 5 ms.
    public init(
        messages: Int = 2000, bytes: Int = 4 << 20, linger: Duration = .milliseconds(5)
    ) {
        precondition(messages > 0 && bytes > 0, "a batch must have room for one message")
        self.messages = messages
        self.bytes = bytes
        self.linger = linger
    }

    /// How long to wait for company after a commit that took `lastCommit`.
    func wait(lastCommit: Duration) -> Duration { max(.zero, min(linger, lastCommit)) }

    /// Whether `batch` takes no more.
    func areReached(by batch: MessageBatch) -> Bool {
        batch.messages.count >= messages || batch.bytes.count >= bytes
    }
}
