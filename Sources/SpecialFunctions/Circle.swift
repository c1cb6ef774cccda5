extension Elementary {
    /// The sine of an angle given in whole turns, so 0.25 gives 1; the turns are reduced exactly.
    public static func sine(ofTurns turns: Double) -> Double {
        guard turns.isFinite else { return .nan }
        let (quarter, angle) = reduced(turns)
        switch quarter {
        case 0: return sineSeries(angle)
        case 1: return cosineSeries(angle)
        case 2: return -sineSeries(angle)
        default: return -cosineSeries(angle)
        }
    }

    /// The cosine of an angle given in whole turns, so 0.5 gives -1.
    public static func cosine(ofTurns turns: Double) -> Double {
        guard turns.isFinite else { return .nan }
        let (quarter, angle) = reduced(turns)
        switch quarter {
        case 0: return cosineSeries(angle)
        case 1: return -sineSeries(angle)
        case 2: return -cosineSeries(angle)
        default: return sineSeries(angle)
        }
    }

    /// The nearest quarter turn and the angle from there in radians, at most π/4.
    private static func reduced(_ turns: Double) -> (quarter: Int, radians: Double) {
        // Beyond 2^53 every number is a whole turn.
        guard turns.magnitude < 0x1p53 else { return (0, 0) }
        let part = turns - turns.rounded(.down)
        let quarters = (part * 4).rounded(.toNearestOrEven)
        return (Int(quarters) & 3, (part - quarters * 0.25) * (2 * Double.pi))
    }

    private static func sineSeries(_ x: Double) -> Double {
        let square = x * x
        var sum = -1.0 / 1_307_674_368_000 + square / 355_687_428_096_000
        sum = 1.0 / 6_227_020_800 + square * sum
        sum = -1.0 / 39_916_800 + square * sum
        sum = 1.0 / 362_880 + square * sum
        sum = -1.0 / 5040 + square * sum
        sum = 1.0 / 120 + square * sum
        return x + x * square * (-1.0 / 6 + square * sum)
    }

    private static func cosineSeries(_ x: Double) -> Double {
        let square = x * x
        var sum = 1.0 / 20_922_789_888_000 - square / 6_402_373_705_728_000
        sum = -1.0 / 87_178_291_200 + square * sum
        sum = 1.0 / 479_001_600 + square * sum
        sum = -1.0 / 3_628_800 + square * sum
        sum = 1.0 / 40320 + square * sum
        sum = -1.0 / 720 + square * sum
        sum = 1.0 / 24 + square * sum
        return 1 + square * (-0.5 + square * sum)
    }
}
