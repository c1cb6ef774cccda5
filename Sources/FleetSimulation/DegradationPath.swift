/// The way of a part from sound (0) to broken (1), known to arrive at the end and not before.
///
/// The Wiener kind is a Wiener process that first reaches 1 at its end: seen from 1, a
/// three-dimensional Bessel bridge (Williams 1974), whatever the drift. So the distance from onset
/// to failure is inverse Gaussian and the path is one that a first passage leaves behind. The other
/// kind is a gamma process tied down at its end, whose shares are beta (Ribeiro and Webber 2004).
struct DegradationPath: Sendable {
    /// Squared coefficient of variation of the distance from onset to failure: mean over shape.
    static let variation = 0.25
    /// The shape that a gamma path gathers on its way.
    private static let jumps = 12.0

    private let isJumping: Bool
    /// Three Brownian bridges that end in 0, of which the length is what is missing.
    private var bridge = (1.0, 0.0, 0.0)
    /// How much of the way in distance is done, 0 to 1.
    private(set) var progress = 0.0
    /// How far the part is, 1 when broken; a Wiener path may be below 0.
    private(set) var level = 0.0
    /// The greatest level so far.
    private(set) var highest = 0.0

    init(isJumping: Bool) { self.isJumping = isJumping }

    /// A distance from onset to failure whose mean is `mean`.
    static func length(mean: Double, random: inout SeededRandom) -> Double {
        random.inverseGaussian(mean: mean, shape: mean / variation)
    }

    /// Moves on to `progress`, which is not less than before.
    ///
    /// - Parameter pace: the mean length of such ways over the length of this one.
    mutating func advance(to new: Double, pace: Double, random: inout SeededRandom) {
        let target = min(new, 1)
        guard target > progress else { return }
        let step = target - progress
        let left = 1 - progress
        if isJumping {
            let shape = Self.jumps * step
            let rest = Self.jumps * (left - step)
            level += (1 - level) * (rest > 1e-9 ? random.beta(shape, rest) : 1)
            // A beta of so small a second shape rounds to 1, and the part is not broken yet.
            if target < 1 { level = min(level, 1 - 0x1p-30) }
        } else {
            // The process has the variance `variation / mean` a kilometre.
            let variance = Self.variation / pace * step * max(left - step, 0) / left
            let keep = max(left - step, 0) / left
            let spread = variance.squareRoot()
            let (a, b) = random.normals()
            bridge = (
                bridge.0 * keep + spread * a, bridge.1 * keep + spread * b,
                bridge.2 * keep + spread * random.normal()
            )
            let missing =
                (bridge.0 * bridge.0 + bridge.1 * bridge.1 + bridge.2 * bridge.2).squareRoot()
            level = 1 - missing
        }
        progress = target
        highest = max(highest, level)
    }
}
