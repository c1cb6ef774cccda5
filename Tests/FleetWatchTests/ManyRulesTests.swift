import FaultRules
import FleetWatch
import Testing
import VehicleFaults

/// Ten thousand rules in one program: checked, and run on messages that few of them speak of.
@Suite("Ten thousand rules") struct ManyRulesTests {
    private static let count = 10_000

    private static func check(_ number: Int) -> Check {
        switch number % 4 {
        case 0: Check("code \"P\(1000 + number % 900)\" 2 times within 1h and s\(number)_v > 5")
        case 1: Check("s\(number)_v > 5 for 5m", until: "s\(number)_v < 4")
        case 2: Check("mean(s\(number)_v, 1h) > 5 while rpm\(number) > 500")
        default: Check("same code \"C\(1000 + number % 900)\" 2 times within 1h")
        }
    }

    @Test("are read without a word, and cost a message what its own rules cost") func structure()
        throws
    {
        let all = try program((0..<Self.count).map { ("r\($0)", Self.check($0)) })
        #expect(all.rules.count == Self.count)
        let few = try program((0..<8).map { ("r\($0)", Self.check($0)) })
        #expect(all.cost.conditionsPerReading == few.cost.conditionsPerReading)
        #expect(all.cost.conditionsPerMessage == few.cost.conditionsPerMessage)

        // What a few of them speak of, here and there in the program.
        let spoken = [1, 2, 3, 4, 4_001, 5_002, 9_996, 9_997, 9_998, 9_999]
        var messages: [Message] = []
        for minute in 0..<30 {
            for vehicle in 0..<3 {
                let time = Traffic.start + Int64(minute) * 60_000
                let signals = spoken.flatMap {
                    ["\"s\($0)_v\":\(minute % 11)", "\"rpm\($0)\":\(minute * 40)"]
                }
                let codes = spoken.filter { $0 % 4 != 1 && minute % 7 == $0 % 7 }
                    .map { "\"\($0 % 4 == 0 ? "P" : "C")\(1000 + $0 % 900)\"" }
                messages.append(
                    Message(
                        vehicle: "V\(vehicle)", received: time,
                        payload: """
                            {"vin":"V\(vehicle)","seq":\(minute + 1),"ts":\(time),\
                            "dtcs":[\(codes.joined(separator: ","))],\
                            "signals":{\(signals.joined(separator: ","))}}
                            """))
            }
        }
        func names(_ program: RuleProgram) -> [String] {
            decide(messages, program).findings.map {
                "\($0.position) \($0.vehicle) \($0.kind) \(program.rules[$0.rule].id)"
            }
        }
        let found = names(all)
        let alone = names(try program(spoken.map { ("r\($0)", Self.check($0)) }))
        #expect(Set(found.compactMap { $0.split(separator: " ").last }).count > 6)
        // Rules that share a code fire too; those that were asked for alone fire as they do alone.
        let wanted = Set(spoken.map { "r\($0)" })
        #expect(
            found.filter { wanted.contains(String($0.split(separator: " ").last ?? "")) }.sorted()
                == alone.sorted())
    }
}
