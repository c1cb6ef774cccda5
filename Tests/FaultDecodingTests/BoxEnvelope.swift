@testable import FaultDecoding
import VehicleFaults

/// The Acme box: `{"box":"A17","at":1772431805,"volt":124,"temp":-40,"codes":"P0301,P0420"}`.
///
/// Volts come in tenths, -40 means that no temperature was measured, and the codes are all that the
/// box found.
enum BoxEnvelope {
    private static let members = NameTable<Scaled>([
        ("volt", Scaled(.voltage, times: 0.1)), ("temp", Scaled(.coolant, none: -40)),
    ])

    static func open(
        _ payload: Span<UInt8>, _ outer: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        guard let box = tape.member("box", of: tape.root) else {
            throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
        var context = outer
        context.vehicle = context.vehicle ?? tape.vehicle(box)
        var draft = writer.draft(context)
        for node in tape.children(of: tape.root) {
            if tape.isNamed(node, "at") {
                draft.claimed = tape.time(node, unit: 1000)
                if draft.claimed == nil { writer.refuse(.timeMalformed, at: tape.place(of: node)) }
            } else if tape.isNamed(node, "codes") {
                draft.list = .snapshot
                try writer.appendCodes(node, of: tape, to: &draft)
            } else if !tape.isNamed(node, "box") {
                writer.append(node, of: tape, members, to: &draft)
            }
        }
        try writer.finish(draft, context)
    }
}
