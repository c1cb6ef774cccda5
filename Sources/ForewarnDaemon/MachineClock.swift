import Glibc
import VehicleFaults

/// The clock of the machine, which the core never reads.
public enum MachineClock {
    /// What it says now.
    public static var now: EventTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return EventTime(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
