import FaultRules

/// Some of the first 128 signals of a program, a bit each.
struct SignalSet: Equatable, Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    var isEmpty: Bool { low | high == 0 }

    /// Adds a signal; one beyond the first 128 is left out.
    @inline(__always) mutating func insert(_ signal: Int) {
        if signal < 64 {
            low |= 1 &<< UInt64(truncatingIfNeeded: signal)
        } else if signal < 128 {
            high |= 1 &<< UInt64(truncatingIfNeeded: signal &- 64)
        }
    }

    /// Whether none of the signals lacks in another set.
    @inline(__always) func isSubset(of other: SignalSet) -> Bool {
        (low & ~other.low) | (high & ~other.high) == 0
    }

    /// Something in which different sets mostly differ, from 0 to 15.
    var mixed: Int {
        let mixed = (low ^ high &* 0xD1B5_4A32_D192_ED03) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed &>> 60)
    }

    @inline(__always) func union(_ other: SignalSet) -> SignalSet {
        var result = self
        result.low |= other.low
        result.high |= other.high
        return result
    }

    func intersection(_ other: SignalSet) -> SignalSet {
        var result = self
        result.low &= other.low
        result.high &= other.high
        return result
    }
}

extension Quantity {
    /// Signals without any of which it is not known, whatever else is.
    func needs(_ number: (String) -> Int?) -> SignalSet {
        switch self {
        case .signal(let name), .cohort(.score(let name)):
            var result = SignalSet()
            if let signal = number(name) { result.insert(signal) }
            return result
        case .binary(_, let first, let second):
            return first.needs(number).union(second.needs(number))
        case .magnitude(let part): return part.needs(number)
        case .least(let parts), .greatest(let parts):
            return parts.reduce(SignalSet()) { $0.union($1.needs(number)) }
        case .constant, .builtin, .attribute, .cell, .cohort(.median): return SignalSet()
        }
    }
}

extension Guard {
    /// Signals without any of which it is not true, whatever else is known.
    func needs(_ number: (String) -> Int?) -> SignalSet {
        switch self {
        case .all(let parts):
            return parts.reduce(SignalSet()) { $0.union($1.needs(number)) }
        case .any(let parts):
            guard let first = parts.first else { return SignalSet() }
            return parts.dropFirst().reduce(first.needs(number)) {
                $0.intersection($1.needs(number))
            }
        // What is not known is not true when it is denied either; of several parts one that is known
        // to be false would do.
        case .not(.compare(let quantity, _, _)): return quantity.needs(number)
        case .compare(let quantity, _, _): return quantity.needs(number)
        case .not, .attribute: return SignalSet()
        }
    }
}
