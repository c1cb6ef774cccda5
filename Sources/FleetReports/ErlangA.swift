import SpecialFunctions

/// A queue whose customers give up: Erlang C with an exponential patience (Palm 1957).
///
/// For calls and for faults that heal by themselves. The queue is a birth and death process, the
/// death rate of state `k` being `min(k, agents)` services and `max(0, k - agents)` losses of
/// patience (Garnett, Mandelbaum and Reiman 2002, section 2).
public struct ErlangA: Hashable, Sendable {
    /// The share of arrivals that must wait.
    public let waiting: Double
    /// The share that gives up before it is served.
    public let abandoned: Double
    /// The mean number that waits.
    public let meanQueue: Double
    /// The mean wait of all arrivals, in the unit of time of the rates.
    public let meanWait: Double
    /// The busy share of an agent's time.
    public let occupancy: Double

    private let agents: Int
    private let services: Double
    private let losses: Double
    /// The share of arrivals that find `agents + m` others there, by `m`.
    private let queued: [Double]

    /// - Parameters:
    ///   - arrivals: mean arrivals in one unit of time; positive.
    ///   - serviceTime: mean service time in that unit; positive.
    ///   - patience: mean time that a customer waits before giving up; positive.
    ///   - agents: how many serve; at least 1.
    public init(arrivals: Double, serviceTime: Double, patience: Double, agents: Int) {
        let service = 1 / serviceTime
        let loss = 1 / patience
        var weights: [Double] = [1]
        var total = 1.0
        var weight = 1.0
        // Beyond the agents the weights fall at last; the rest is below what a double can add.
        while weights.count <= agents || weight > total * 0x1p-60 {
            let state = weights.count
            let deaths =
                Double(min(state, agents)) * service + Double(max(0, state - agents)) * loss
            weight *= arrivals / deaths
            weights.append(weight)
            total += weight
        }
        let shares = weights.map { $0 / total }
        queued = Array(shares[agents...])
        waiting = queued.reduce(0, +)
        meanQueue = queued.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
        abandoned = meanQueue * loss / arrivals
        meanWait = meanQueue / arrivals
        occupancy =
            shares.enumerated().reduce(0) { $0 + Double(min($1.offset, agents)) * $1.element }
            / Double(agents)
        self.agents = agents
        services = Double(agents) * service
        losses = loss
    }

    /// The share of all arrivals that is served within `time`, neither giving up nor waiting longer.
    ///
    /// With `m` others waiting, the time to be served is a sum of exponentials with rates `n mu + j
    /// theta`, `j = 0...m`. Under `x = Elementary.exp(-theta v)` it is a beta variable, so that the integral is
    /// an incomplete beta function, which grows by one term with each `m`.
    public func served(within time: Double) -> Double {
        let shape = services / losses
        return 1 - waiting
            + sum(shape: shape + 1, time: time) { share, m, tail in
                share * shape / (shape + Double(m) + 1) * (1 - tail)
            }
    }

    /// The share of arrivals that a patient customer among them would wait longer than `time`.
    public func waits(longerThan time: Double) -> Double {
        sum(shape: services / losses, time: time) { share, _, tail in share * tail }
    }

    /// Sums over the number waiting; `tail` is the regularised incomplete beta function
    /// `I_x(shape, m + 1)` with `x = Elementary.exp(-theta time)`.
    private func sum(
        shape: Double, time: Double, _ term: (Double, Int, Double) -> Double
    ) -> Double {
        // 1 - x, which for people of great patience is too small for a difference.
        let rest = -Elementary.expm1(-losses * time)
        // I_x(a, b + 1) = I_x(a, b) + x^a (1 - x)^b / (b B(a, b)), from I_x(a, 1) = x^a.
        var tail = Elementary.exp(-losses * time * shape)
        var step = tail
        var sum = 0.0
        for (m, share) in queued.enumerated() {
            sum += term(share, m, min(1, tail))
            step *= rest * (shape + Double(m)) / Double(m + 1)
            tail += step
        }
        return sum
    }
}
