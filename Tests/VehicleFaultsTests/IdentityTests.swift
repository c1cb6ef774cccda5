import Testing
import VehicleFaults

struct IdentityTests {
    static let texts: [(text: String, isPlausible: Bool, hasCheckDigit: Bool)] = [
        ("1M8GDM9AXKP042788", true, true), ("11111111111111111", true, true),
        ("1HGCM82633A004352", true, true), ("1G1BL52P7TR115520", true, true),
        ("LFV3B28R8A3025310", true, true), ("1m8gdm9axkp042788", true, true),
        ("WV1ZZZ2EZ86015388", true, false), ("WVWZZZAUZFW125650", true, false),
        ("1M8GDM9A1KP042788", true, false), ("NLVIN123456789ABC", false, false),
        ("1M8GDM9AXKP04278", false, false), ("1M8GDM9AXKP0427880", false, false),
        ("1M8GDM9AXKP0427 8", false, false), ("", false, false),
    ]

    @Test("a VIN has a length and letters; its check digit is another matter", arguments: texts)
    func numbers(text: String, isPlausible: Bool, hasCheckDigit: Bool) {
        let bytes = Array(text.utf8)
        #expect(VIN.isPlausible(bytes.span) == isPlausible)
        #expect(VIN.hasCheckDigit(bytes.span) == hasCheckDigit)
    }

    @Test(
        "any other digit or letter in one place fails the check, but for those that count the same")
    func checkDigit() {
        let right = Array("1M8GDM9AXKP042788".utf8)
        var failed = 0
        for place in right.indices where place != 8 {
            for byte in UInt8(0x30)...0x39 where byte != right[place] {
                var wrong = right
                wrong[place] = byte
                if !VIN.hasCheckDigit(wrong.span) { failed += 1 }
            }
        }
        // Letters share the values of digits, so that a few exchanges go unnoticed.
        #expect(failed > 130)
    }

    private func id(_ text: String) throws -> VehicleID { try #require(VehicleID(text)) }

    @Test("devices lead to their vehicle, and no device to two") func registry() throws {
        var registry = SourceRegistry()
        #expect(registry.isEmpty)
        try registry.add(id("356307042441013"), to: id("1M8GDM9AXKP042788"))
        try registry.add(id("a1b2c3"), to: id("1M8GDM9AXKP042788"))
        try registry.add(id("a1b2c3"), to: id("1M8GDM9AXKP042788"))
        #expect(registry.count == 2)
        #expect(try registry[id("A1B2C3")] == id("1M8GDM9AXKP042788"))
        #expect(try registry[id("other")] == nil)
        #expect(
            try registry.sources(of: id("1M8GDM9AXKP042788")).map(\.description) == [
                "356307042441013", "A1B2C3",
            ])
        #expect(
            throws: SourceRegistry.Claimed(
                source: try id("A1B2C3"), vehicle: try id("1M8GDM9AXKP042788"))
        ) {
            try registry.add(id("A1B2C3"), to: id("van-3"))
        }
        #expect(throws: SourceRegistry.Claimed.self) { try registry.add(id("x"), to: id("A1B2C3")) }
        #expect(throws: SourceRegistry.Claimed.self) {
            try registry.add(id("1M8GDM9AXKP042788"), to: id("van-3"))
        }
    }

    @Test("a roster's vehicles name their devices; of two claims the first counts") func roster()
        throws
    {
        var roster = VehicleRoster()
        roster[try id("VAN-4")] = VehicleAttributes(["device": "B2 A1"])
        roster[try id("VAN-3")] = VehicleAttributes(["device": "A1  A2", "make": "x"])
        roster[try id("VAN-5")] = VehicleAttributes()
        let registry = SourceRegistry(roster)
        #expect(registry.count == 3)
        #expect(try registry[id("A1")] == id("VAN-3"))
        #expect(try registry[id("B2")] == id("VAN-4"))
    }

    @Test("unknown is what is neither a VIN nor named") func unknown() throws {
        var registry = SourceRegistry()
        try registry.add(id("356307042441013"), to: id("van-3"))
        for (name, isUnknown) in [
            ("356307042441013", false), ("VAN-3", false), ("1M8GDM9AXKP042788", false),
            ("A1B2C3", true), ("356307042441014", true),
        ] {
            #expect(try registry.isUnknown(id(name)) == isUnknown, "\(name)")
        }
    }
}
