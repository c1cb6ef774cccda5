/// Lanes whose stored state is behind, in the order in which they fell behind.
///
/// Four bytes a lane: of a whole fleet that is behind, those that fell behind at the same row stand
/// together, and the row is noted once for all of them.
struct DirtyLanes {
    private var lanes: ContiguousArray<UInt32> = []
    /// How many lanes were taken.
    private var head = 0
    /// The rows at which lanes fell behind, and where in ``lanes`` those of the next row begin.
    private var rows: [(since: Int64, end: Int)] = []
    private var rowHead = 0

    var count: Int { lanes.count - head }

    /// The row at which the first of them fell behind; `nil` when there is none.
    var oldest: Int64? { rowHead < rows.count ? rows[rowHead].since : nil }

    /// Adds a lane that fell behind at a row; not before that of any other.
    mutating func add(_ lane: Int, since row: Int64) {
        lanes.append(UInt32(truncatingIfNeeded: lane))
        if rowHead < rows.count, rows[rows.count - 1].since == row {
            rows[rows.count - 1].end = lanes.count
        } else {
            rows.append((row, lanes.count))
        }
    }

    /// Takes the lane that fell behind first.
    mutating func takeFirst() -> Int? {
        guard head < lanes.count else { return nil }
        let lane = Int(lanes[head])
        head += 1
        if head == rows[rowHead].end { rowHead += 1 }
        if head == lanes.count {
            removeAll()
        } else if head > 4096, head * 2 > lanes.count {
            lanes.removeFirst(head)
            rows.removeFirst(rowHead)
            for index in rows.indices { rows[index].end -= head }
            (head, rowHead) = (0, 0)
        }
        return lane
    }

    /// Puts the lanes into the order of a key. When each of them fell behind is forgotten, but that it
    /// was not before the first did.
    mutating func sort(by key: (Int) -> some Comparable) {
        guard let oldest else { return }
        lanes = ContiguousArray(
            lanes[head...].map { (lane: $0, key: key(Int($0))) }.sorted { $0.key < $1.key }
                .map(\.lane))
        rows = [(oldest, lanes.count)]
        (head, rowHead) = (0, 0)
    }

    mutating func removeAll() {
        lanes.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        (head, rowHead) = (0, 0)
    }
}
