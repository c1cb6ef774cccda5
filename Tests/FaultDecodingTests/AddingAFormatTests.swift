import Foundation
import Testing
import VehicleFaults

@testable import FaultDecoding

/// The worked example of docs/adding-a-format.md.
struct AddingAFormatTests {
    private func read(_ text: String) throws -> ReportWriter {
        var writer = ReportWriter(names: SignalNames(learns: true))
        try BoxEnvelope.open(Array(text.utf8).span, DecodingContext(), into: &writer)
        return writer
    }

    @Test("the box's messages are read") func reads() throws {
        let writer = try read(
            #"{"box":"A17","at":1772431805,"volt":124,"temp":-40,"codes":"P0301,P0420"}"#)
        #expect(
            writer.buffer.lines(writer.names) == [
                "A17 2026-03-02T06:10:05.000Z snapshot[P0301 P0420] batt_v=12.4"
            ])
    }

    @Test("one bad value costs itself only") func badValue() throws {
        let writer = try read(#"{"box":"A17","volt":9999,"codes":""}"#)
        #expect(writer.buffer.lines(writer.names) == ["A17 snapshot[]"])
        #expect(writer.buffer.refusedValues == 1)
    }

    @Test("the page shows the code that is compiled here") func pageIsTrue() throws {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let code = try String(
            contentsOf: here.appending(path: "BoxEnvelope.swift"), encoding: .utf8)
        let page = try String(
            contentsOf: here.deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "docs/adding-a-format.md"), encoding: .utf8)
        let start = try #require(code.range(of: "/// The Acme box"))
        #expect(page.contains(code[start.lowerBound...]))
    }
}
