import SpecialFunctions

/// A queue where everybody waits until served: Poisson arrivals, exponential service, `agents` alike.
///
/// Tickets that a machine opens do not hang up, so the response desk is sized with it. The
/// recursion is that of Erlang (1917), in the form of Cooper (1981), eqs. 3.3 and 3.8.
public struct ErlangC: Hashable, Sendable {
    /// Arrivals times mean service time, in the same unit of time; not negative.
    public var load: Double
    /// At least 1.
    public var agents: Int
    /// The mean service time, in any unit; waits are given in the same.
    public var serviceTime: Double

    /// - Parameters:
    ///   - arrivals: mean arrivals in one unit of time; not negative.
    ///   - serviceTime: mean service time in that unit; positive.
    ///   - agents: how many serve; at least 1.
    public init(arrivals: Double, serviceTime: Double, agents: Int) {
        load = arrivals * serviceTime
        self.agents = agents
        self.serviceTime = serviceTime
    }

    /// The share of arrivals that would find all agents busy if nobody could wait (Erlang B).
    public var blocking: Double {
        var blocked = 1.0
        for agent in stride(from: 1, through: agents, by: 1) {
            blocked = load * blocked / (Double(agent) + load * blocked)
        }
        return blocked
    }

    /// The share of arrivals that must wait; 1 where the load is more than the agents can do.
    public var waiting: Double {
        guard load < Double(agents) else { return 1 }
        let blocked = blocking
        return blocked / (1 - load / Double(agents) * (1 - blocked))
    }

    /// The share that is served within `time`; 0 where the queue grows without end.
    public func served(within time: Double) -> Double {
        guard load < Double(agents) else { return 0 }
        return 1 - waiting * Elementary.exp(-(Double(agents) - load) * time / serviceTime)
    }

    /// The mean wait of all arrivals; infinite where the queue grows without end.
    public var meanWait: Double {
        guard load < Double(agents) else { return .infinity }
        return waiting * serviceTime / (Double(agents) - load)
    }

    /// The busy share of an agent's time.
    public var occupancy: Double { min(1, load / Double(agents)) }

    /// The fewest agents that serve at least `share` of the arrivals within `time`.
    ///
    /// - Returns: at least 1. The search ends, since each further agent serves more.
    public static func fewestAgents(
        arrivals: Double, serviceTime: Double, within time: Double, share: Double
    ) -> Int {
        var agents = max(1, Int(arrivals * serviceTime))
        while ErlangC(arrivals: arrivals, serviceTime: serviceTime, agents: agents)
            .served(within: time) < share
        {
            agents += 1
        }
        return agents
    }
}
