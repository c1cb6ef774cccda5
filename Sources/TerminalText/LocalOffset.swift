import Glibc
import VehicleFaults

/// The time zone of the machine.
public enum LocalOffset {
    /// How many minutes the local time lies east of UTC at an instant; 0 where that is unknown.
    ///
    /// Follows `TZ`, then the system's zone.
    public static func minutes(at time: EventTime) -> Int {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
        return unsafe Int(parts.tm_gmtoff) / 60
    }
}
