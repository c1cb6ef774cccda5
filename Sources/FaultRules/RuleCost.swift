/// Bounds on the work that rules make of a message, and on what they remember of a vehicle.
public struct RuleCost: Equatable, Sendable {
    /// The most conditions that one reading touches.
    public var conditionsPerReading: Int
    /// The most conditions that one sighting of a code may touch.
    public var conditionsPerSighting: Int
    /// Conditions that every message touches.
    public var conditionsPerMessage: Int
    /// What is remembered of a vehicle that sends every signal, in bytes, codes and the digests of
    /// recent messages left out.
    public var bytesPerVehicle: Int
    /// What is remembered of each fault code, in bytes.
    public var bytesPerCode: Int
}

extension RuleCost: CustomStringConvertible {
    public var description: String {
        "at most \(conditionsPerReading) \(conditionsPerReading == 1 ? "condition" : "conditions") "
            + "a reading, \(conditionsPerSighting) a code, "
            + "\(conditionsPerMessage) a message; \(bytesPerVehicle) bytes a vehicle and "
            + "\(bytesPerCode) more a code"
    }
}

/// Words of 64 bits that state takes; a group has one more for its name.
public enum StateWords {
    public static let signal = 3
    public static let hold = 5
    public static let baseline = 3
    public static let measure = 6
    public static let silence = 3
    public static let pair = 17
    public static let episode = 2
    public static let clock = 4
    public static let trip = 6
    public static let code = 3
    public static let flaps = 2
    /// An occurrence of a code that is counted by itself, or with all that a pattern matches.
    public static let occurrence = 2
    public static let patternOccurrence = 5
    /// An event in a list of events: clock, time, message, key; and its value or code.
    public static let event = 4
    public static let fullEvent = 8
}

extension RuleProgram {
    /// What these rules cost at most.
    public var cost: RuleCost {
        var perReading = 0
        var words = 0
        for signal in 0..<signals.count {
            let trends = trendGroups[signal].reduce(0) { $0 + 1 + $1.atoms.count }
            perReading = max(
                perReading, signalAtoms[signal].count + trends + measuresTouched[signal].count)
            words += 1 + StateWords.signal + signalAtoms[signal].count * StateWords.hold
            for group in trendGroups[signal] {
                words += StateWords.baseline + 2 * group.atoms.count
            }
        }
        for cell in cells { words += 1 + cell.cell.words }
        var perCode = 1 + StateWords.code + StateWords.flaps
        for atom in atoms {
            switch atom {
            case .signal, .trend, .attribute: break
            case .measure: words += 1 + StateWords.measure
            case .silence: words += 1 + StateWords.silence
            case .pair: words += 1 + StateWords.pair
            case .count(let atom): words += 1 + atom.count * StateWords.fullEvent
            case .code(let atom):
                if atom.qualifier != nil { perCode += 1 }
                guard let wanted = atom.occurrences else { break }
                if atom.countsEachCode {
                    perCode +=
                        wanted.count * (wanted.isPlain ? StateWords.occurrence : StateWords.event)
                } else {
                    words +=
                        1 + wanted.count
                        * (wanted.isPlain ? StateWords.patternOccurrence : StateWords.fullEvent)
                }
            }
        }
        words += rules.count { $0.until != nil } * (1 + StateWords.episode)
        words += 2 + StateWords.clock + StateWords.trip
        return RuleCost(
            conditionsPerReading: perReading, conditionsPerSighting: codeAtoms.count,
            conditionsPerMessage: measuresAlways.count + silenceAtoms.count,
            bytesPerVehicle: 8 * words, bytesPerCode: 8 * perCode)
    }
}
