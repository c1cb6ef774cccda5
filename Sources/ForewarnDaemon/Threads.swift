import Dispatch
import FleetWatch
import Foundation

extension Workers {
    /// Workers on `count` threads; 0 is one for each core.
    public static func threads(_ count: Int) -> Workers {
        let count = count > 0 ? count : ProcessInfo.processInfo.activeProcessorCount
        guard count > 1 else { return .serial }
        return Workers(count: count) { pieces, body in
            DispatchQueue.concurrentPerform(iterations: pieces, execute: body)
        }
    }
}
