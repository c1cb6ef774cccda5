/// The error function and its complement.
public enum ErrorFunction {
    /// 2/√π · ∫ exp(-t²) from 0 to x.
    public static func erf(_ x: Double) -> Double {
        guard x.magnitude < 0.6 else { return x < 0 ? erfc(-x) - 1 : 1 - erfc(x) }
        // Abramowitz and Stegun 1964, 7.1.5.
        let square = x * x
        var sum = 0.0
        var n = 14.0
        var factorial = 87_178_291_200.0
        while n >= 1 {
            // From the last term up, each subtracted from the next.
            sum = 1 / (factorial * (2 * n + 1)) - square * sum
            factorial /= n
            n -= 1
        }
        return 1.128_379_167_095_512_573_9 * (x - x * square * sum)
    }

    /// 1 - erf(x) without the loss of digits far out; 0 above about 27.2.
    public static func erfc(_ x: Double) -> Double {
        if x < 0 { return x > -0.6 ? 1 - erf(x) : 2 - erfc(-x) }
        if x < 0.6 { return 1 - erf(x) }
        return scaledErfc(x) * expMinusSquare(x)
    }

    /// exp(x²)·erfc(x), which neither under- nor overflows for x above 0.
    public static func scaledErfc(_ x: Double) -> Double {
        if x < 0 { return 2 / expMinusSquare(x) - scaledErfc(-x) }
        if x == .infinity { return 0 }
        // A Chebyshev expansion of (1 + 2x) exp(x²) erfc(x) in t = (x - 3.75)/(x + 3.75), the
        // variable of Shepherd and Laframboise 1981; the coefficients were computed to 60 digits.
        let t = x > 1e15 ? 1 : (x - 3.75) / (x + 3.75)
        var next = 0.0
        var afterNext = 0.0
        for index in stride(from: chebyshev.count - 1, through: 1, by: -1) {
            (next, afterNext) = (2 * t * next - afterNext + chebyshev[index], next)
        }
        return (t * next - afterNext + chebyshev[0]) / (1 + 2 * x)
    }

    /// exp(-x²), where the rounding of the square does not count.
    static func expMinusSquare(_ x: Double) -> Double {
        guard x.magnitude < 30 else { return x.isNaN ? x : 0 }
        let high = Elementary.upperHalf(x)
        return Elementary.exp(-high * high, -(x - high) * (x + high))
    }

    private static let chebyshev: [Double] = [
        1.1775789345674017541, -0.0045900545806464773309, -0.084249133366517915584,
        0.059209939998191890498, -0.026658668435305752277, 0.0090749976707052650939,
        -0.0024131635404176081909, 0.00049077583652580863229, -0.000069169733025012063671,
        4.1390279860730101675e-6, 7.7403830661984906686e-7, -2.1886401049234395661e-7,
        1.0764999465670910378e-8, 4.5219598112182868985e-9, -7.7544002088313511005e-10,
        -6.318088340886684435e-11, 2.8687950109306699568e-11, 1.94558685457774052e-13,
        -9.6546967484334331832e-13, 3.2525481481487962855e-14, 3.3478119482868610102e-14,
        -1.8645628804187654751e-15, -1.2507950530683260543e-15, 7.4182352566769747374e-17,
        5.0681489048480721707e-17, -2.2370566589264513769e-18, -2.1873429438038789816e-18,
    ]
}
