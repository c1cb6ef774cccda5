import Foundation
import Testing

@Suite("decode") struct DecodeTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("it says where a message stops making sense") func refusal() throws {
        let result = try Program.run(["decode", "-"], input: "{\"vin\":oops}")
        #expect(result.code == 4)
        #expect(result.output.hasSuffix("at byte 7\n  {\"vin\":oops}\n         ^\n"))
        #expect(result.errors.contains("not JSON (not_json), at byte 7"))
        let refused = try Program.run(["decode", "{\"vin\":oops}", "-o", "json"])
        let found = try object(refused.output)
        #expect(refused.code == 4)
        #expect(found["reason"] as? String == "not_json" && found["offset"] as? Int == 7)
        #expect(found["ok"] as? Bool == false)
    }

    static let guesses: [(name: String, input: String, format: String, certainty: String)] = [
        ("an OBD answer", "43 02 01 43 01 96", "obd", "certain"),
        ("an OBD frame", "7E8 06 43 02 01 43 01 96", "obd", "certain"),
        ("a UDS answer", "59 02 FF 03 01 1A 2F", "uds", "certain"),
        ("a J1939 frame", "18FECA00#40FF5B000301FFFF", "j1939", "certain"),
        (
            "a frame of GB/T 32960",
            "232307FE314731424C353250375452313135353230010000D5", "gbt32960", "certain"
        ),
        ("codes", "P0299,P0675", "text-codes", "certain"),
        ("paths", #"{"Vehicle.OBD.CoolantTemperature": 83}"#, "vss", "certain"),
        ("a native message", #"{"vin":"VAN7","dtcs":["P0301"]}"#, "native", "certain"),
        (
            "a native message with readings", #"{"vin":"VAN7","odo_km":5,"signals":{"rpm":9}}"#,
            "native", "certain"
        ),
        (
            "a dongle's frame",
            #"{"bus":0,"ts":1,"frame":[{"id":2024,"dlc":4,"extd":false,"data":[3,67,0,0]}]}"#,
            "wican", "certain"
        ),
        (
            "a tracker's position",
            #"{"position":{"attributes":{"rpm":9}},"device":{"uniqueId":"3563"}}"#, "traccar",
            "certain"
        ),
        ("a hub's message", #"{"ident":"3563","can.engine.rpm":9}"#, "flespi", "certain"),
        ("nothing that anybody knows", "hello world", "obd", "unsure"),
    ]
    @Test("it finds out the format and says how sure it is", arguments: guesses)
    func guess(name: String, input: String, format: String, certainty: String) throws {
        let result = try Program.run(["decode", input, "-o", "json"])
        let found = try object(result.output)
        #expect(found["format"] as? String == format, "\(name): \(result.output)")
        #expect(found["certainty"] as? String == certainty, "\(name): \(result.output)")
        #expect(found["guessed"] as? Bool == true)
    }

    @Test("fields come with places, units and what was avoided") func fields() throws {
        let result = try Program.run([
            "decode", "--as", "j1939", "18FECA03#00FF22EEE381FFFF", "-o", "json",
        ])
        #expect(result.code == 0)
        let fields = try #require(try object(result.output)["fields"] as? [[String: Any]])
        let code = try #require(fields.first { $0["name"] as? String == "code" })
        #expect(code["offset"] as? Int == 13 && code["length"] as? Int == 8)
        #expect(code["raw"] as? String == "22 EE E3 81")
        #expect((code["meaning"] as? String)?.hasPrefix("SPN 519714 FMI 3") == true)
        #expect(code["trap"] as? String == "conversion_ambiguous")
        let other = try Program.run([
            "decode", "--as", "j1939", "--options", "spn=1", "18FECA03#00FFFE00C201FFFF",
        ])
        #expect(other.output.contains("SPN 520198 FMI 2"))
        #expect(other.output.contains("converted as the options say"))
    }

    @Test("a refused part ends with 4, and the rest is shown") func partial() throws {
        let input = "18ECFF00#20120003FFCAFE00\n18FECB03#00FF7F000302FFFF\n"
        let result = try Program.run(["decode", "--as", "j1939", "-", "-o", "json"], input: input)
        #expect(result.code == 4)
        let found = try object(result.output)
        #expect(found["reason"] as? String == "missing_frame" && found["offset"] as? Int == 0)
        #expect((found["reports"] as? [[String: Any]])?.count == 1)
        let native = try Program.run([
            "decode", #"{"vin":"V7","signals":{"a_c":1e305,"b_c":1}}"#, "-o", "json",
        ])
        #expect(native.code == 4)
        #expect(try object(native.output)["reason"] as? String == "number_out_of_range")
    }

    @Test("it reads in the language of the reader") func language() throws {
        let result = try Program.run([
            "decode", "--as", "uds", "59 02 FF 03 01 1A 2F", "--lang", "zh-Hans",
        ])
        #expect(result.code == 0)
        #expect(result.output.contains("电阻过低") && result.output.contains("动力总成"))
    }

    @Test("an envelope reads its own topic, and names nobody where nobody is named") func topics()
        throws
    {
        let named = try Program.run([
            "decode", "--as", "ovms", "--topic", "ovms/joe/VAN3/metric/v/b/12v/voltage", "12.61",
            "-o", "json",
        ])
        #expect(named.code == 0)
        #expect(named.output.contains("VAN3") && named.output.contains("batt_v"))
        let unnamed = try Program.run([
            "decode", "--as", "autopi", "--topic", "obd/rpm", #"{"value":812}"#, "-o", "json",
        ])
        #expect(unnamed.code == 0)
        #expect(unnamed.output.contains("rpm"))
    }

    @Test("options that are none are refused as usage") func options() throws {
        let result = try Program.run(["decode", "--options", "spn=9", "43 00"])
        #expect(result.code == 2)
    }

    @Test("a frame of JT/T 808 is known by its sum, and read when it is named") func jt808() throws
    {
        let frame = String(
            decoding: Built.jt808(
                0x0900, phone: "013912345678",
                hex("F0 260302141005 01 02 02 0001 FFFFFFFF 0001 00001457 00000002 0005 5031343537")
            ).map { String($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().utf8,
            as: UTF8.self)
        for arguments in [["decode", frame], ["decode", "--as", "jt808-emqx", frame]] {
            let read = try Program.run(arguments)
            #expect(read.code == 0 && read.output.hasPrefix("jt808-emqx"), "\(read.output)")
            #expect(read.output.contains("P1457") && !read.output.contains("SPN"))
        }
    }

    @Test("bytes of anything are no fault message of a truck") func bytes() throws {
        let read = try Program.run(["decode", "7E 09 00 00 34 4F 07 78 8E F8 7D 01 38 F0 23 05"])
        #expect(!read.output.contains("SPN"), "\(read.output)")
    }

    @Test("a recording in place of a message is told by its name") func recording() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "r-\(getpid()).asc").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "date Sat Nov 21 22:15:45.213 2026\nbase hex  timestamps absolute\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let read = try Program.run(["decode", path])
        #expect(
            read.errors.contains("a recording in asc? its messages: forewarn convert \(path) -"),
            "\(read.errors)")
    }
}
