/// The gamma function of a positive argument, by its logarithm.
public enum GammaFunction {
    /// ln Γ(x) for x above 0; infinity at 0 and no number below.
    public static func log(_ x: Double) -> Double {
        guard x > 0, x < .infinity else { return x == 0 || x == .infinity ? .infinity : .nan }
        if x < 0.5 { return aboutTwo(x) - Elementary.log1p(x) - Elementary.log(x) }
        if x < 1.5 { return aboutTwo(x - 1) - Elementary.log1p(x - 1) }
        if x < 2.5 { return aboutTwo(x - 2) }
        if x < 10 {
            var rest = x
            var product = 1.0
            while rest >= 2.5 {
                rest -= 1
                product *= rest
            }
            return aboutTwo(rest - 2) + Elementary.log(product)
        }
        return (x - 0.5) * Elementary.log(x) - x + halfLogTwoPi + remainder(x)
    }

    /// ln √(2π).
    static let halfLogTwoPi = 0.918_938_533_204_672_741_78

    /// ln Γ(2 + z) for |z| up to ½ (Abramowitz and Stegun 1964, 6.1.33).
    private static func aboutTwo(_ z: Double) -> Double {
        var sum = 0.0
        for index in stride(from: zetas.count - 1, through: 0, by: -1) {
            sum = zetas[index] + z * sum
        }
        return z * (0.422_784_335_098_467_139_39 + z * sum)
    }

    /// (-1)^n (ζ(n) - 1)/n from n = 2.
    private static let zetas: [Double] = [
        0.32246703342411321824, -0.067352301053198095133, 0.020580808427784547879,
        -0.0073855510286739852663, 0.0028905103307415232858, -0.0011927539117032609771,
        0.00050966952474304242234, -0.00022315475845357937976, 0.000099457512781808533715,
        -0.0000449262367381331417, 0.000020507212775670691553, -9.439488275268395904e-6,
        4.3748667899074878042e-6, -2.0392157538013662368e-6, 9.5514121304074198329e-7,
        -4.4924691987645660433e-7, 2.1207184805554665869e-7, -1.0043224823968099609e-7,
        4.7698101693639805658e-8, -2.271109460894316491e-8, 1.0838659214896954091e-8,
        -5.1834750419700466551e-9, 2.4836745438024783172e-9, -1.1921401405860912074e-9,
        5.7313672416788620133e-10, -2.7595228851242331452e-10, 1.3304764374244489481e-10,
    ]

    /// ln Γ(x) less its Stirling approximation (x - ½) ln x - x + ln √(2π), for x above 0.
    static func remainder(_ x: Double) -> Double {
        guard x >= 10 else {
            return log(x) - ((x - 0.5) * Elementary.log(x) - x + halfLogTwoPi)
        }
        // Abramowitz and Stegun 1964, 6.1.41; what is left out is below 1e-17 from 10 on.
        let square = 1 / (x * x)
        var sum = 0.0064102564102564102564 - square * 0.02955065359477124183
        sum = -0.0019175269175269175269 + square * sum
        sum = 0.00084175084175084175084 + square * sum
        sum = -0.0005952380952380952381 + square * sum
        sum = 0.00079365079365079365079 + square * sum
        sum = -0.0027777777777777777778 + square * sum
        return (0.083333333333333333333 + square * sum) / x
    }

    /// ln n! for a whole number that is not negative.
    public static func logFactorial(_ n: Int) -> Double { log(Double(n) + 1) }

    /// The derivative of ln Γ for x above 0 (Abramowitz and Stegun 1964, 6.3.5 and 6.3.18).
    public static func digamma(_ x: Double) -> Double {
        guard x > 0 else { return .nan }
        var argument = x
        var shift = 0.0
        while argument < 10 {
            shift += 1 / argument
            argument += 1
        }
        let square = 1 / (argument * argument)
        var sum = 1.0 / 132 - square * (691.0 / 32760 - square / 12)
        sum = -1.0 / 240 + square * sum
        sum = 1.0 / 252 + square * sum
        sum = -1.0 / 120 + square * sum
        sum = 1.0 / 12 + square * sum
        return Elementary.log(argument) - 0.5 / argument - square * sum - shift
    }
}
