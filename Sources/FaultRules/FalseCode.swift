import VehicleFaults

/// A fault code that some vehicles report although nothing is wrong, as a site has learned.
///
/// Usually a limit that was set wrong, until the next software of the control unit.
public struct FalseCode: Sendable {
    public var pattern: CodePattern
    /// Which vehicles it is false on, as written; `nil` for all.
    public var text: String?
    public var reason: String
    public var position: SourcePosition
    private let condition: Condition?
    private let tests: [AttributeAtom]

    /// - Parameter text: a condition that asks only what kind of vehicle it is.
    init(
        _ pattern: CodePattern, on text: String?, reason: String, position: SourcePosition
    ) throws(ExpressionLexer.Failure) {
        self.pattern = pattern
        self.text = text
        self.reason = reason
        self.position = position
        guard let text else {
            (condition, tests) = (nil, [])
            return
        }
        let read = try ExpressionParser.condition(in: text)
        var tests: [AttributeAtom] = []
        for atom in read.atoms {
            guard case .attribute(let test) = atom else {
                throw ExpressionLexer.Failure(
                    offset: 0,
                    message: "which vehicles are meant is said by comparisons with texts, as "
                        + "vehicle.software < \"2.4\"")
            }
            tests.append(test)
        }
        (condition, self.tests) = (read.condition, tests)
    }

    /// Whether this code means nothing on a vehicle; of one that the roster does not know, every
    /// comparison is false.
    public func holds(_ code: FaultCode, on vehicle: VehicleAttributes?) -> Bool {
        let isMeant = condition?.holds { tests[$0].holds(for: vehicle) == true } ?? true
        return isMeant && pattern.matches(code)
    }
}
