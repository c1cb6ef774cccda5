/// Exponentials and logarithms with the same bits on every machine.
///
/// They use additions, multiplications, divisions and square roots in a fixed order, which
/// IEEE 754 defines to the last bit, and nothing of the C library, whose last bits differ between
/// versions and processors.
public enum Elementary {
    /// ln 2 in two parts; the first has 33 zeros at its end, so that its product with an exponent
    /// is exact.
    static let ln2High = 0x1.62e42p-1
    static let ln2Low = 0x1.fdf473de6af28p-22

    /// e to the power of `x`; 0 below about -745.1, infinity above about 709.8.
    public static func exp(_ x: Double) -> Double { exp(x, 0) }

    /// e to the power of `high + low`, where `low` is far smaller than `high`.
    static func exp(_ high: Double, _ low: Double) -> Double {
        guard high > -746 else { return high.isNaN ? high : 0 }
        guard high < 710 else { return high.isNaN ? high : .infinity }
        let (power, whole) = reducedExpm1(high, low)
        return scaled(1 + power, by: whole)
    }

    /// e to the power of `x`, less 1, without the loss of digits near 0.
    public static func expm1(_ x: Double) -> Double {
        guard x > -40 else { return x.isNaN ? x : -1 }
        guard x < 710 else { return x.isNaN ? x : .infinity }
        let (power, whole) = reducedExpm1(x, 0)
        if whole == 0 { return power }
        if whole > 60 { return scaled(1 + power, by: whole) }
        let two = Double(bitPattern: UInt64(bitPattern: Int64(whole + 1023)) << 52)
        return two * power + (two - 1)
    }

    /// `exp(r) - 1` and `k`, where `high + low = k ln 2 + r` and r is at most half of ln 2.
    private static func reducedExpm1(_ high: Double, _ low: Double) -> (Double, Int) {
        let whole = (high * 0x1.71547652b82fep0).rounded(.toNearestOrEven)
        let first = high - whole * ln2High
        let second = low - whole * ln2Low
        let r = first + second
        let lost = (first - r) + second
        // The Taylor series from its third term; the next term is below 2^-60 of the sum.
        let square = r * r
        let a = 1.0 / 2 + r * (1.0 / 6)
        let b = 1.0 / 24 + r * (1.0 / 120)
        let c = 1.0 / 720 + r * (1.0 / 5040)
        let d = 1.0 / 40320 + r * (1.0 / 362_880)
        let e = 1.0 / 3_628_800 + r * (1.0 / 39_916_800)
        let f = 1.0 / 479_001_600 + r * (1.0 / 6_227_020_800)
        let tail = a + square * (b + square * (c + square * (d + square * (e + square * f))))
        return (r + (square * tail + lost * (1 + r)), Int(whole))
    }

    private static func scaled(_ value: Double, by exponent: Int) -> Double {
        if exponent > -1022, exponent < 1023 {
            return value
                * Double(bitPattern: UInt64(bitPattern: Int64(exponent + 1023)) << 52)
        }
        // Two steps, since the scale itself may lie outside of the doubles.
        let half = exponent / 2
        return value * Double(sign: .plus, exponent: half, significand: 1)
            * Double(sign: .plus, exponent: exponent - half, significand: 1)
    }

    /// The natural logarithm; minus infinity at 0, no number below.
    public static func log(_ x: Double) -> Double {
        guard x > 0, x < .infinity else {
            return x == 0 ? -.infinity : x == .infinity ? x : .nan
        }
        let (mantissa, exponent) = split(x)
        return log1pReduced(mantissa - 1, exponent: exponent, correction: 0)
    }

    /// The logarithm of `1 + x` without the loss of digits near 0.
    public static func log1p(_ x: Double) -> Double {
        guard x > -1, x < .infinity else {
            return x == -1 ? -.infinity : x == .infinity ? x : .nan
        }
        if x > -0.29, x < 0.41 { return log1pReduced(x, exponent: 0, correction: 0) }
        let sum = 1 + x
        let lost = x >= 1 ? 1 - (sum - x) : x - (sum - 1)
        let (mantissa, exponent) = split(sum)
        return log1pReduced(mantissa - 1, exponent: exponent, correction: lost / sum)
    }

    /// `log(1 + x) - x` without the loss of digits near 0; the heart of many deviances.
    public static func log1pMinus(_ x: Double) -> Double {
        guard x > -0.5, x < 1 else { return log1p(x) - x }
        let s = x / (2 + x)
        return 2 * s * s * s * arctanhTail(s * s) - x * s
    }

    /// A positive number as mantissa · 2^exponent, the mantissa within [√½, √2).
    static func split(_ x: Double) -> (mantissa: Double, exponent: Double) {
        var bits = x.bitPattern
        var exponent = 0
        if bits < 0x0010_0000_0000_0000 {
            bits = (x * 0x1p54).bitPattern
            exponent = -54
        }
        // Adding the distance from √½ to 1 carries into the exponent where it should.
        let shifted = bits &+ (0x3FF0_0000_0000_0000 &- 0x3FE6_A09E_667F_3BCD)
        exponent += Int(shifted >> 52) - 1023
        let mantissa = (shifted & 0x000F_FFFF_FFFF_FFFF) &+ 0x3FE6_A09E_667F_3BCD
        return (Double(bitPattern: mantissa), Double(exponent))
    }

    /// `(artanh(s)/s - 1)/s²` as a series in `square` = s², for |s| up to about a third.
    static func arctanhTail(_ square: Double) -> Double {
        if square < 0.0295 {
            var sum = 1.0 / 23 + square * (1.0 / 25)
            sum = 1.0 / 19 + square * (1.0 / 21 + square * sum)
            sum = 1.0 / 15 + square * (1.0 / 17 + square * sum)
            sum = 1.0 / 11 + square * (1.0 / 13 + square * sum)
            sum = 1.0 / 7 + square * (1.0 / 9 + square * sum)
            return 1.0 / 3 + square * (1.0 / 5 + square * sum)
        }
        var sum = 1.0 / 41
        var term = 39.0
        while term >= 3 {
            sum = 1 / term + square * sum
            term -= 2
        }
        return sum
    }

    private static func log1pReduced(_ f: Double, exponent: Double, correction: Double) -> Double {
        let s = f / (2 + f)
        let square = s * s
        let half = 0.5 * f * f
        let rest = s * (half + 2 * square * arctanhTail(square)) + (exponent * ln2Low + correction)
        if exponent == 0 { return f - (half - rest) }
        return exponent * ln2High - ((half - rest) - f)
    }

    /// `x` to the power of `y`, as IEEE 754 defines the special cases; within a few units of the
    /// last place even for large results, because the logarithm is carried with twice the digits.
    public static func pow(_ x: Double, _ y: Double) -> Double {
        if y == 0 || x == 1 { return 1 }
        guard !x.isNaN, !y.isNaN else { return .nan }
        let isInteger = y == y.rounded(.towardZero)
        let isOdd = isInteger && y.magnitude < 0x1p53 && Int64(y) & 1 == 1
        let magnitude = x.magnitude
        if y.isInfinite {
            if magnitude == 1 { return 1 }
            return (magnitude > 1) == (y > 0) ? .infinity : 0
        }
        if magnitude == 0 || magnitude == .infinity {
            let size: Double = (magnitude == 0) == (y > 0) ? 0 : .infinity
            return x.sign == .minus && isOdd ? -size : size
        }
        guard x > 0 || isInteger else { return .nan }
        let (high, low) = logTwice(magnitude)
        let product = high * y
        guard product.magnitude < 800 else {
            let size: Double = product > 0 ? .infinity : 0
            return x < 0 && isOdd ? -size : size
        }
        let size = exp(product, productError(high, y, product) + low * y)
        return x < 0 && isOdd ? -size : size
    }

    /// The logarithm as a sum of two doubles, for a positive finite number.
    private static func logTwice(_ x: Double) -> (high: Double, low: Double) {
        let (mantissa, exponent) = split(x)
        let f = mantissa - 1
        let sum = 2 + f
        let sumLost = f - (sum - 2)
        let s = f / sum
        let product = s * sum
        let left = (f - product) - productError(s, sum, product)
        let sLow = (left - s * sumLost) / sum
        let square = s * s
        let tail = 2 * sLow + 2 * s * square * arctanhTail(square)
        let (a, aLow) = twoSum(exponent * ln2High, 2 * s)
        return twoSum(a, aLow + (tail + exponent * ln2Low))
    }

    private static func twoSum(_ a: Double, _ b: Double) -> (Double, Double) {
        let sum = a + b
        let part = sum - a
        return (sum, (a - (sum - part)) + (b - part))
    }

    /// What rounding took from `product = a·b` (Dekker 1971), for factors below 2^900.
    private static func productError(_ a: Double, _ b: Double, _ product: Double) -> Double {
        let aHigh = upperHalf(a)
        let bHigh = upperHalf(b)
        let aLow = a - aHigh
        let bLow = b - bHigh
        return ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow
    }

    /// The upper 26 bits of a number.
    static func upperHalf(_ x: Double) -> Double {
        Double(bitPattern: x.bitPattern & 0xFFFF_FFFF_F800_0000)
    }

    /// `log(exp(a) + exp(b))` without overflow.
    public static func logSumExp(_ a: Double, _ b: Double) -> Double {
        let (large, small) = a < b ? (b, a) : (a, b)
        if large == -.infinity { return large }
        return large + log1p(exp(small - large))
    }

    /// `log(Σ exp(x))` without overflow; minus infinity for nothing.
    public static func logSumExp(_ terms: some Collection<Double>) -> Double {
        let large = terms.reduce(-Double.infinity) { $1 > $0 ? $1 : $0 }
        guard large > -.infinity, large < .infinity else { return large }
        return large + log(terms.reduce(0) { $0 + exp($1 - large) })
    }
}
