import FaultTrends
import VehicleFaults

/// What a fleet knows as bytes, stored with the lanes that it belongs to.
extension FleetTrends {
    /// The sixth form has what LORD++ asks of hypotheses and how kinds scatter, the fifth what codes meant, the fourth how
    /// often codes come, what ranks go by and how far parts run, the third the evidence of those that
    /// have begun anew. They and the second are still read.
    private static let version: UInt8 = 6

    public var bytes: [UInt8] {
        var out = ByteWriter()
        out.byte(Self.version)
        out.integer(epoch)
        out.integer(Int64(number))
        out.integer(row)
        out.integer(Int64(hypotheses))
        out.integer(Int64(watched))
        out.integer(Int64(chosen))
        out.word((threshold ?? .nan).bitPattern)
        out.word(UInt64(knowledge.count))
        for (meaning, one) in knowledge.sorted(by: { $0.key < $1.key }) {
            out.word(meaning)
            Self.write(one, &out)
        }
        Self.write(suspects, &out) { Self.write($1, &$0) }
        out.word(UInt64(past.count))
        for (meaning, list) in past.sorted(by: { $0.key < $1.key }) {
            out.word(meaning)
            out.word(UInt64(list.count))
            for one in list { out.word(one.bitPattern) }
        }
        out.word(UInt64(cohorts.count))
        for (meaning, one) in cohorts.sorted(by: { $0.key < $1.key }) {
            out.word(meaning)
            Self.write(one, &out)
        }
        write(\.recurrence, &out)
        write(\.ranks, &out)
        write(\.wear, &out)
        write(\.pairs, &out)
        out.byte(levels == nil ? 0 : 1)
        if let levels { Self.write(levels, &out) }
        // In the order of what was written of the same kinds above.
        for (_, one) in knowledge.sorted(by: { $0.key < $1.key }) {
            for (_, common) in one.common.sorted(by: { $0.key < $1.key }) {
                out.word(common.deviation.bitPattern)
            }
            for (_, sum) in one.sums.sorted(by: { $0.key < $1.key }) { out.integer(sum.scatter) }
        }
        return out.bytes
    }

    private static func write(_ one: TestLevels, _ out: inout ByteWriter) {
        out.word(one.stream.target.bitPattern)
        out.word(one.stream.firstWealth.bitPattern)
        out.integer(Int64(one.stream.tests))
        out.word(UInt64(one.stream.found.count))
        for place in one.stream.found { out.integer(Int64(place)) }
        out.word(one.before.bitPattern)
        write(one.needed, &out) { $0.word($1.bitPattern) }
        write(one.fresh, &out) { $0.integer(Int64($1)) }
    }

    /// Writes what there is of vehicles for each hypothesis, in order.
    private static func write<Value>(
        _ lists: [UInt64: [VehicleID: Value]], _ out: inout ByteWriter,
        _ value: (inout ByteWriter, Value) -> Void
    ) {
        out.word(UInt64(lists.count))
        for (meaning, list) in lists.sorted(by: { $0.key < $1.key }) {
            out.word(meaning)
            out.word(UInt64(list.count))
            for (vehicle, one) in list.sorted(by: { $0.key < $1.key }) {
                out.text(vehicle.description)
                value(&out, one)
            }
        }
    }

    /// Reads what ``write(_:_:_:)`` has written.
    private static func lists<Value>(
        _ input: inout ByteReader, _ value: (inout ByteReader) throws(LaneDamaged) -> Value
    ) throws(LaneDamaged) -> [UInt64: [VehicleID: Value]] {
        var lists: [UInt64: [VehicleID: Value]] = [:]
        for _ in 0..<(try input.word()) {
            let meaning = try input.word()
            for _ in 0..<(try input.word()) {
                let vehicle = try vehicle(&input)
                lists[meaning, default: [:]][vehicle] = try value(&input)
            }
        }
        return lists
    }

    private static func levels(_ input: inout ByteReader) throws(LaneDamaged) -> TestLevels {
        let target = Double(bitPattern: try input.word())
        let wealth = Double(bitPattern: try input.word())
        let tests = Int(try input.integer())
        var found: [Int] = []
        for _ in 0..<(try input.word()) {
            let place = input.place
            let test = Int(try input.integer())
            // Later tests are as far from a finding as their number says, which is 1 at least.
            guard (0...tests).contains(test) else { throw LaneDamaged(offset: place) }
            found.append(test)
        }
        var one = TestLevels(
            stream: LevelStream(target: target, firstWealth: wealth, tests: tests, found: found),
            before: Double(bitPattern: try input.word()))
        one.needed = try lists(&input) { (input) throws(LaneDamaged) in
            Double(bitPattern: try input.word())
        }
        one.fresh = try lists(&input) { (input) throws(LaneDamaged) in Int(try input.integer()) }
        return one
    }

    private static func vehicle(_ input: inout ByteReader) throws(LaneDamaged) -> VehicleID {
        let place = input.place
        guard let vehicle = VehicleID(try input.text()) else { throw LaneDamaged(offset: place) }
        return vehicle
    }

    /// Writes what checks of one form know, of those that know something.
    private func write<Part: FleetPart>(
        _ part: KeyPath<TrendKnowledge, Part>, _ out: inout ByteWriter
    ) {
        let knowing = knowledge.filter { $0.value[keyPath: part] != Part() }
        out.word(UInt64(knowing.count))
        for (meaning, one) in knowing.sorted(by: { $0.key < $1.key }) {
            out.word(meaning)
            one[keyPath: part].write(&out)
        }
    }

    private mutating func read<Part: FleetPart>(
        _ part: WritableKeyPath<TrendKnowledge, Part>, _ input: inout ByteReader
    ) throws(LaneDamaged) {
        for _ in 0..<(try input.word()) {
            let meaning = try input.word()
            knowledge[meaning, default: TrendKnowledge()][keyPath: part] = try Part(&input)
        }
    }

    private static func write(_ one: CohortKnowledge, _ out: inout ByteWriter) {
        out.word(UInt64(one.published.count))
        for (kind, cohort) in one.published.sorted(by: { $0.key < $1.key }) {
            out.word(kind)
            out.word(cohort.median.bitPattern)
            out.word(cohort.deviation.bitPattern)
        }
        out.word(UInt64(one.sums.count))
        for (kind, sum) in one.sums.sorted(by: { $0.key < $1.key }) {
            out.word(kind)
            out.integer(sum.vehicles)
            out.word(UInt64(sum.readings.counts.count))
            for (bucket, count) in sum.readings.counts.sorted(by: { $0.key < $1.key }) {
                out.integer(bucket)
                out.integer(count)
            }
        }
    }

    private static func cohort(_ input: inout ByteReader) throws(LaneDamaged) -> CohortKnowledge {
        var one = CohortKnowledge()
        for _ in 0..<(try input.word()) {
            let kind = try input.word()
            let median = Double(bitPattern: try input.word())
            one.published[kind] = Cohort(
                median: median, deviation: Double(bitPattern: try input.word()))
        }
        for _ in 0..<(try input.word()) {
            let kind = try input.word()
            let vehicles = try input.integer()
            var counts: [Int64: Int64] = [:]
            for _ in 0..<(try input.word()) { counts[try input.integer()] = try input.integer() }
            one.sums[kind] = CohortSum(readings: ReadingCounts(counts: counts), vehicles: vehicles)
        }
        return one
    }

    private static func write(_ one: TrendKnowledge, _ out: inout ByteWriter) {
        func wide(_ value: Int128) {
            out.word(UInt64(truncatingIfNeeded: value))
            out.word(UInt64(truncatingIfNeeded: value >> 64))
        }
        out.word(UInt64(one.slopes.map { $0.count + 1 } ?? 0))
        for slope in one.slopes ?? [] { out.word(slope.bitPattern) }
        out.word(UInt64(one.common.count))
        for (kind, value) in one.common.sorted(by: { $0.key < $1.key }) {
            out.word(kind)
            out.word(value.distance.bitPattern)
        }
        out.integer(one.adjustment.count)
        out.word(UInt64(one.adjustment.products.count))
        for value in one.adjustment.squares + one.adjustment.products { wide(value) }
        out.word(UInt64(one.sums.count))
        for (kind, sum) in one.sums.sorted(by: { $0.key < $1.key }) {
            out.word(kind)
            out.integer(sum.count)
            out.integer(sum.total)
        }
    }

    private static func write(_ one: Suspect, _ out: inout ByteWriter) {
        out.word(one.logEvidence.bitPattern)
        out.word(one.position)
        out.integer(one.at)
        out.integer(one.since)
        for value in [one.reading, one.size, one.deviation] { out.word(value.bitPattern) }
        // Before the sixth form nobody knew how errors of a date hang together.
        out.byte(
            (one.isChosen ? 1 : 0) | (one.life != nil ? 2 | Self.hasCovariance : 0)
                | UInt8(one.part) << 2)
        guard let life = one.life else { return }
        for value in [
            life.distance, life.drift, life.driftDeviation, life.wander, life.distanceDeviation,
            life.covariance,
        ] { out.word(value.bitPattern) }
    }

    /// Reads what ``bytes`` wrote.
    ///
    /// Of what the first version wrote only the epoch is taken: its evidence was of another kind.
    ///
    /// - Throws: ``LaneDamaged`` when it makes no sense.
    public init(bytes: [UInt8]) throws(LaneDamaged) {
        var input = ByteReader(bytes)
        let version = try input.byte()
        guard (1...Self.version).contains(version) else { throw LaneDamaged(offset: 0) }
        epoch = try input.integer()
        number = Int(try input.integer())
        row = try input.integer()
        guard version > 1 else { return }
        hypotheses = Int(try input.integer())
        watched = Int(try input.integer())
        chosen = Int(try input.integer())
        let threshold = Double(bitPattern: try input.word())
        self.threshold = threshold.isNaN ? nil : threshold
        for _ in 0..<(try input.word()) {
            let meaning = try input.word()
            knowledge[meaning] = try Self.knowledge(&input)
        }
        suspects = try Self.lists(&input) { (input) throws(LaneDamaged) in
            try Self.suspect(&input)
        }
        if version > 2 {
            for _ in 0..<(try input.word()) {
                let meaning = try input.word()
                for _ in 0..<(try input.word()) {
                    past[meaning, default: []].append(Double(bitPattern: try input.word()))
                }
            }
        }
        for _ in 0..<(try input.word()) {
            let meaning = try input.word()
            cohorts[meaning] = try Self.cohort(&input)
        }
        guard version > 3 else { return }
        try read(\.recurrence, &input)
        try read(\.ranks, &input)
        try read(\.wear, &input)
        guard version > 4 else { return }
        try read(\.pairs, &input)
        guard version > 5 else { return }
        if try input.byte() != 0 { levels = try Self.levels(&input) }
        for (meaning, one) in knowledge.sorted(by: { $0.key < $1.key }) {
            for kind in one.common.keys.sorted() {
                knowledge[meaning]?.common[kind]?.deviation = Double(
                    bitPattern: try input.word())
            }
            for kind in one.sums.keys.sorted() {
                knowledge[meaning]?.sums[kind]?.scatter = try input.integer()
            }
        }
    }

    private static func knowledge(_ input: inout ByteReader) throws(LaneDamaged) -> TrendKnowledge {
        func wide() throws(LaneDamaged) -> Int128 {
            let low = try input.word()
            return Int128(try input.integer()) << 64 | Int128(low)
        }
        var one = TrendKnowledge()
        let slopes = try input.word()
        if slopes > 0 {
            var list: [Double] = []
            for _ in 1..<slopes { list.append(Double(bitPattern: try input.word())) }
            one.slopes = list
        }
        for _ in 0..<(try input.word()) {
            let kind = try input.word()
            one.common[kind] = KindSummary(distance: Double(bitPattern: try input.word()))
        }
        let count = try input.integer()
        let place = input.place
        let size = Int(truncatingIfNeeded: try input.word())
        guard (0...AdjustmentSums.most).contains(size) else { throw LaneDamaged(offset: place) }
        var (squares, products): ([Int128], [Int128]) = ([], [])
        for _ in 0..<(size * (size + 1) / 2) { squares.append(try wide()) }
        for _ in 0..<size { products.append(try wide()) }
        one.adjustment = AdjustmentSums(count: count, squares: squares, products: products)
        for _ in 0..<(try input.word()) {
            let kind = try input.word()
            one.sums[kind] = CommonSum(count: try input.integer(), total: try input.integer())
        }
        return one
    }

    private static let hasCovariance: UInt8 = 0x40

    private static func suspect(_ input: inout ByteReader) throws(LaneDamaged) -> Suspect {
        func number() throws(LaneDamaged) -> Double { Double(bitPattern: try input.word()) }
        var one = Suspect(
            logEvidence: try number(), position: try input.word(), at: try input.integer(),
            since: try input.integer(), reading: try number(), size: try number(),
            deviation: try number())
        let flags = try input.byte()
        one.isChosen = flags & 1 != 0
        one.part = Int((flags & ~hasCovariance) >> 2)
        if flags & 2 != 0 {
            one.life = RemainingLife(
                distance: try number(), drift: try number(), driftDeviation: try number(),
                wander: try number(), distanceDeviation: try number(),
                covariance: flags & hasCovariance != 0 ? try number() : 0)
        }
        return one
    }
}

/// What a fleet knows for checks of one form.
protocol FleetPart: Equatable {
    /// Nothing yet.
    init()
    init(_ input: inout ByteReader) throws(LaneDamaged)
    func write(_ out: inout ByteWriter)
}
