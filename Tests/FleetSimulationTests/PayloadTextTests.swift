import Testing

@testable import FleetSimulation

@Suite struct PayloadTextTests {
    static let numbers: [(value: Double, decimals: Int, text: String)] = [
        (0, 0, "0"), (812.4, 0, "812"), (812.5, 0, "813"), (91.25, 1, "91.3"), (14.05, 2, "14.05"),
        (-0.04, 1, "0.0"), (-3.26, 1, "-3.3"), (0.007, 3, "0.007"), (7, 2, "7.00"),
    ]

    @Test("a number has its decimals and no more", arguments: numbers)
    func number(value: Double, decimals: Int, text: String) {
        var line = PayloadText()
        line.open()
        line.number("x", value, decimals: decimals)
        line.close()
        #expect(String(decoding: line.bytes, as: UTF8.self) == "{\"x\":\(text)}")
    }

    @Test("a text is escaped where JSON wants it")
    func escapes() {
        var line = PayloadText()
        line.open()
        line.string("t", "a\"b\\c\r\nd\u{1F}é")
        line.close()
        let expected = #"{"t":"a\"b\\c\u000d\nd\u001fé"}"#
        #expect(String(decoding: line.bytes, as: UTF8.self) == expected)
    }
}
