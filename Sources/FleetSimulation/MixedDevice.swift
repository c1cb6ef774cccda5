/// What brings a vehicle's messages to the broker; the raw value is the format that reads them.
public enum MixedDevice: String, CaseIterable, Sendable {
    /// A telematics unit of one's own that sends Forewarn's messages.
    case native
    /// A WiCAN dongle that passes answers to OBD service 03 on, frame by frame.
    case wican
    /// An OVMS module, a metric a message.
    case ovms
    /// An AutoPi dongle, which sends news of codes.
    case autopi
    /// A Traccar server that passes positions on, with every code in one text.
    case traccar
    /// A Teltonika tracker that sends Codec 8 Extended.
    case teltonika8E = "teltonika-8e"
    /// A Teltonika tracker behind AWS.
    case teltonikaJSON = "teltonika-json"
    /// A tracker behind flespi.
    case flespi
    /// A logger on a truck's bus.
    case j1939
    /// A diagnostic unit that sends the bytes of UDS answers.
    case uds
    /// A terminal of an electric car behind EMQX.
    case gbt32960 = "gbt32960-emqx"
    /// A gateway that speaks Sparkplug B.
    case sparkplug = "sparkplug-b"
    /// An InHand gateway, which counts codes and does not name them.
    case inhand

    /// The name under which the broker hears this kind's vehicle; `vin` where the messages name that.
    ///
    /// The numbers belong to nobody: trackers' begin with the digits of test equipment.
    func source(_ place: Int, vin: String) -> String {
        let tail = String(place + 1)
        return switch self {
        case .native, .gbt32960, .inhand: vin
        case .wican: "a0764e5b010" + tail
        case .ovms: "DEPOT-" + tail
        case .autopi: "unit-" + tail
        case .traccar: "00440012345010" + tail
        case .teltonika8E: "00440012345020" + tail
        case .teltonikaJSON: "00440012345030" + tail
        case .flespi: "00440012345040" + tail
        case .j1939: "truck-" + tail
        case .uds: "bench-" + tail
        case .sparkplug: "van-" + tail
        }
    }
}

/// What is wrong with a vehicle of the mixed fleet, or only looks wrong.
public enum MixedStory: Equatable, Sendable {
    /// These codes are stored for an hour, three times with pauses.
    case returning([String])
    /// These codes are stored and stay.
    case standing([String])
    /// The battery is drained.
    case drained
    /// The coolant is far too hot.
    case hot
    /// A code is seen once and never again.
    case once(String)
    /// One code is stored all the time and told with every message.
    case old(String)
    /// Nothing; the messages hold what devices send in place of a value.
    case nothing

    /// The name of the story in the truth.
    public var name: String {
        switch self {
        case .returning: "returning-code"
        case .standing: "standing-code"
        case .drained: "drained-battery"
        case .hot: "hot-engine"
        case .once: "one-off-code"
        case .old: "old-code"
        case .nothing: "healthy"
        }
    }

    /// Whether a ticket should be opened.
    public var isFault: Bool {
        switch self {
        case .returning, .standing, .drained, .hot: true
        case .once, .old, .nothing: false
        }
    }

    /// What happens to the vehicle in this place; the first has the fault, the second none.
    static func of(_ device: MixedDevice, place: Int) -> MixedStory {
        switch (device, place) {
        case (.native, 0): .returning(["P0301"])
        case (.native, _): .once("P0301")
        case (.wican, 0): .returning(["P0302", "P0300", "P0171"])
        case (.wican, _): .old("P0420")
        case (.ovms, 0), (.inhand, 0): .drained
        case (.autopi, 0), (.traccar, 0): .returning(["P0299"])
        case (.autopi, _): .once("P0299")
        case (.teltonika8E, 0): .standing(["P0217"])
        case (.teltonikaJSON, 0): .returning(["P0303"])
        case (.flespi, 0): .standing(["U0100", "U0121"])
        case (.j1939, 0): .standing(["SPN 100 FMI 1", "SPN 111 FMI 1"])
        case (.uds, 0): .returning(["P0087"])
        case (.gbt32960, 0): .standing(["GB ALARM 11"])
        case (.sparkplug, 0): .hot
        default: .nothing
        }
    }
}
