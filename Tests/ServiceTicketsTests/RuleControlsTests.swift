import ServiceTickets
import Testing
import VehicleFaults

@Suite("What people say about rules") struct RuleControlsTests {
    static let vehicle = VehicleID("V1")

    static func time(_ hour: Int64) -> EventTime { EventTime(milliseconds: hour * 3_600_000) }

    static func silence(
        _ number: Int64 = 7, rule: String? = "hot", mode: String? = nil, vehicle: VehicleID? = nil,
        upTo: Severity = .s3, kinds: [String] = ["signal coolant_c"]
    ) -> Silence {
        Silence(
            number: number, rule: rule, mode: mode, vehicle: vehicle, from: time(10),
            until: time(20), severity: upTo, kinds: kinds, author: "me", reason: "waiting for parts"
        )
    }

    static func verdict(
        _ controls: RuleControls, rule: String = "hot", mode: String = "heat",
        severity: Severity = .s3, kinds: [String] = ["signal coolant_c"], hour: Int64 = 12
    ) throws -> RuleControls.Verdict {
        controls.verdict(
            rule: rule, mode: mode, vehicle: try #require(vehicle), severity: severity,
            kinds: kinds, received: time(hour))
    }

    @Test("a rule opens tickets, runs in shadow or is not heard of") func states() throws {
        var controls = RuleControls()
        #expect(!controls.speaks)
        #expect(try Self.verdict(controls) == .open)
        controls.set(.shadow, of: "hot")
        #expect(try Self.verdict(controls) == .shadow)
        #expect(try Self.verdict(controls, rule: "cold") == .open)
        controls.set(.disabled, of: "hot")
        #expect(try Self.verdict(controls) == .drop)
        controls.set(.enabled, of: "hot")
        #expect(controls == RuleControls())
    }

    static let rows:
        [(
            name: String, silence: Silence, severity: Severity, kinds: [String], hour: Int64,
            isHidden: Bool
        )] = [
            ("within", silence(), .s3, ["signal coolant_c"], 12, true),
            ("at its beginning", silence(), .s3, ["signal coolant_c"], 10, true),
            ("before", silence(), .s3, ["signal coolant_c"], 9, false),
            ("at its end", silence(), .s3, ["signal coolant_c"], 20, false),
            ("less grave", silence(), .s4, ["signal coolant_c"], 12, true),
            ("graver", silence(), .s2, ["signal coolant_c"], 12, false),
            ("new evidence", silence(), .s3, ["code P0217"], 12, false),
            (
                "new evidence beside old", silence(), .s3, ["signal coolant_c", "code P0217"], 12,
                false
            ),
            ("any evidence", silence(kinds: []), .s3, ["code P0217"], 12, true),
            ("the mode", silence(rule: nil, mode: "heat"), .s3, ["signal coolant_c"], 12, true),
            ("another mode", silence(rule: nil, mode: "x"), .s3, ["signal coolant_c"], 12, false),
            (
                "rule and another mode", silence(mode: "x"), .s3, ["signal coolant_c"], 12, false
            ),
            (
                "the vehicle", silence(rule: nil, vehicle: vehicle), .s3, ["signal coolant_c"], 12,
                true
            ),
            (
                "another vehicle", silence(rule: nil, vehicle: VehicleID("V2")), .s3,
                ["signal coolant_c"], 12, false
            ),
        ]
    @Test(
        "a silence hides what it is about, and gives way to what is graver or new", arguments: rows)
    func hides(
        name: String, silence: Silence, severity: Severity, kinds: [String], hour: Int64,
        isHidden: Bool
    ) throws {
        let controls = RuleControls(states: [:], silences: [silence])
        let verdict = try Self.verdict(controls, severity: severity, kinds: kinds, hour: hour)
        #expect(verdict == (isHidden ? .silenced(7) : .open), "\(name)")
    }

    @Test("a silence is ended once, and added once however often it is asked for") func once()
        throws
    {
        var controls = RuleControls()
        controls.add(Self.silence())
        controls.add(Self.silence())
        #expect(controls.silences.count == 1)
        let ended = [(7, 11), (7, 12), (8, 12)].map { number, hour in
            controls.expire(Int64(number), at: Self.time(Int64(hour)))
        }
        #expect(ended == [true, false, false])
        #expect(try Self.verdict(controls) == .open)
    }
}
