import FaultDecoding
import Testing
import VehicleFaults

private let samples = CodecSample.all

@Suite("laws of all codecs") struct CodecLawTests {
    /// A payload that may be a sample with changes, or nothing that anybody ever sent.
    private func payload(_ samples: [[UInt8]], _ random: inout SeededRandom) -> [UInt8] {
        if random.happens(0.1) { return random.bytes(upTo: 40) }
        var bytes = random.one(of: samples)
        for _ in 0..<random.below(4) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(6) {
            case 0: bytes[place] ^= 1 << UInt8(random.below(8))
            case 1: bytes[place] = UInt8(random.below(256))
            case 2: bytes.removeLast(bytes.count - place)
            case 3: bytes.remove(at: place)
            case 4:
                bytes.insert(random.one(of: [0x30, 0x46, 0x20, 0x0D, 0x23, 0, 0xFF]), at: place)
            default: bytes += random.one(of: samples)
            }
        }
        // A frame's checksum is put right half of the time, or nothing behind it would be read.
        if bytes.count > 24, bytes[0] == bytes[1], bytes[0] == 0x23 || bytes[0] == 0x24,
            random.happens(0.7)
        {
            bytes[22] = UInt8((bytes.count - 25) >> 8)
            bytes[23] = UInt8((bytes.count - 25) & 255)
            bytes[bytes.count - 1] = bytes[2..<bytes.count - 1].reduce(0, ^)
        }
        return bytes
    }

    @Test("any bytes decode, or say where they stop making sense", arguments: samples.indices)
    func isTotal(index: Int) throws {
        let (codec, samples) = samples[index]
        let topic = Array("V7".utf8)
        let template = try TopicTemplate("{vehicle}")
        var decoder = MessageDecoder(
            subscriptions: [
                Subscription(
                    template: template, format: PayloadFormat(.raw, codec),
                    options: try CodecOptions("spn=1@3 did=4711:2"))
            ], names: SignalNames(learns: true))
        var buffer = ReportBuffer()
        var taken = 0
        for seed in UInt64(0)..<4_000 {
            var random = SeededRandom(seed &* 7 &+ UInt64(index))
            let bytes = payload(samples, &random)
            buffer.removeAll()
            let isTraced = random.happens(0.25)
            var trace = FieldTrace()
            do throws(DecodingFailure) {
                if isTraced {
                    try decoder.decode(
                        topic: topic.span, payload: bytes.span, into: &buffer, noting: &trace)
                } else {
                    try decoder.decode(topic: topic.span, payload: bytes.span, into: &buffer)
                }
                taken += 1
                demand(!buffer.reports.isEmpty, "seed \(seed)")
                for report in buffer.reports {
                    demand(
                        report.sightings.upperBound <= Int32(buffer.sightings.count)
                            && report.readings.upperBound <= Int32(buffer.readings.count)
                            && !report.odometerKilometres.isInfinite
                            && !report.engineHours.isInfinite, "seed \(seed)")
                }
                demand(buffer.readings.allSatisfy { $0.value.isFinite }, "seed \(seed)")
            } catch {
                demand((0...bytes.count).contains(error.offset), "seed \(seed): \(error)")
                demand(
                    buffer.reports.isEmpty && buffer.sightings.isEmpty && buffer.readings.isEmpty
                        && buffer.freezeReadings.isEmpty && buffer.refusedValues == 0
                        && buffer.unknownFields == 0, "seed \(seed): left over")
            }
            for field in trace.fields {
                demand(
                    field.offset >= 0 && field.length >= 0
                        && field.offset + field.length <= bytes.count + 1,
                    "seed \(seed): \(field)")
            }
            for refusal in trace.refusals {
                demand((0...bytes.count).contains(refusal.offset), "seed \(seed): \(refusal)")
            }
        }
        // A law that holds because nothing is ever read is no law.
        #expect(taken > 550)
    }

    @Test("a trace changes nothing", arguments: samples.indices)
    func traceIsSilent(index: Int) throws {
        let (codec, payloads) = samples[index]
        for payload in payloads {
            var plain = ReportWriter(names: SignalNames(learns: true))
            var traced = plain
            traced.trace = FieldTrace()
            let context = DecodingContext(vehicle: VehicleID("V"))
            let isTaken = (try? codec.decode(payload.span, context, into: &plain)) != nil
            #expect(((try? codec.decode(payload.span, context, into: &traced)) != nil) == isTaken)
            #expect(plain.buffer.everything == traced.buffer.everything)
            #expect(plain.trace == nil && traced.trace?.fields.isEmpty == false)
        }
    }

    @Test("places are those of the whole payload, however the bytes stood in it")
    func places() throws {
        var writer = ReportWriter()
        writer.trace = FieldTrace()
        var context = DecodingContext(vehicle: VehicleID("V"))
        context.places = BytePlaces(start: 100, stride: 2)
        let bytes = hex("59 02 FF 03 01 1A 2F")
        try DiagnosticCodec.uds.decode(bytes.span, context, into: &writer)
        #expect(writer.trace?.fields.map(\.offset) == [100, 104, 106, 112])
        #expect(writer.trace?.fields.map(\.length) == [4, 2, 6, 2])
        let short = hex("59 02 FF 03")
        #expect(throws: DecodingFailure(reason: .truncated, offset: 108)) {
            try DiagnosticCodec.uds.decode(short.span, context, into: &writer)
        }
    }

    @Test("limits hold for every codec", arguments: DiagnosticCodec.allCases)
    func limits(codec: DiagnosticCodec) {
        let long = [UInt8](repeating: 0x20, count: 65)
        #expect(
            refusal(codec, long, limits: DecodingLimits(bytes: 64))
                == DecodingFailure(reason: .tooLarge, offset: 64))
        guard codec != .textCodes else { return }
        #expect(refusal(codec, []) == DecodingFailure(reason: .emptyPayload, offset: 0))
    }

    @Test("a message has no more codes than allowed") func tooMany() {
        let limits = DecodingLimits(faults: 2)
        let payloads: [(DiagnosticCodec, [UInt8])] = [
            (.uds, hex("59 02 FF 03 01 1A 2F 03 02 1A 2F 03 03 1A 2F")),
            (.textCodes, Array("P0301,P0302,P0303".utf8)),
            (
                .gbt32960,
                Terminal.gbt(Terminal.time + Terminal.alarm(level: 0, flags: 7, [[], [], [], []]))
            ),
        ]
        for (codec, payload) in payloads {
            #expect(refusal(codec, payload, limits: limits)?.reason == .tooManyFaults, "\(codec)")
        }
    }

    @Test("names of formats lead to formats and back") func formats() {
        for format in PayloadFormat.allCases {
            #expect(PayloadFormat(rawValue: format.rawValue) == format)
        }
        #expect(PayloadFormat.allCases.contains(.native))
        #expect(PayloadFormat(rawValue: "raw") == nil)
        #expect(PayloadFormat(rawValue: "native+obd") == nil)
        #expect(PayloadFormat(rawValue: "obd+uds") == nil)
        #expect(PayloadFormat(rawValue: "") == nil)
    }

    @Test("options are written as they are read") func options() throws {
        let text = "spn=4 spn=1@3 did=4711:5 did=F190:17 ext=01:2 dtc=02"
        let read = try CodecOptions(text)
        #expect(read.text == text)
        #expect(read.conversion(for: 3) == .version1)
        #expect(read.conversion(for: 0) == .version4)
        #expect(read.size(ofData: 0xF190) == 17)
        #expect(try CodecOptions("").text == "")
        for wrong in ["spn=5", "spn=1@999", "did=4711", "ext=100:1", "spn", "x=1", "dtc=zz"] {
            #expect(throws: CodecOptions.Malformed(word: wrong)) { try CodecOptions(wrong) }
        }
    }
}
