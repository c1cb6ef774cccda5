import Testing

@testable import TerminalText

struct ProgressBarTests {
    static func lines(_ bar: ProgressBar, _ steps: [(done: Int, time: Int64)]) -> [String?] {
        var bar = bar
        return steps.map { bar.update(done: $0.done, at: $0.time) }
    }

    @Test("shows share, rate and what remains in 80 columns") func english() {
        let bar = ProgressBar(label: "replay", total: 1_000_000_000, isTerminal: true)
        let lines = Self.lines(
            bar, [(0, 0), (50_000_000, 99), (250_000_000, 500), (251_000_000, 550)])
        #expect(
            lines == [
                nil, nil,
                "\r" + "replay [##########..............................]   25%  500 MB/s  2s left"
                    + "\u{1B}[K",
                nil,
            ])
    }

    @Test("is as right in Chinese") func chinese() {
        let bar = ProgressBar(
            label: "重放录制", total: 200_000, unit: .things("条"), words: .chinese, width: 60,
            isTerminal: true)
        let line = Self.lines(bar, [(0, 0), (100_000, 20_000)]).last
        #expect(line == "\r重放录制 [##########..........]   50%  5.0k 条/s  剩余 20秒\u{1B}[K")
    }

    @Test(
        "never fills the last column, whatever the width",
        arguments: [ProgressBar.Words.english, .chinese])
    func fits(words: ProgressBar.Words) {
        for width in 0...120 {
            for label in ["replay", "正在重放很长的录制文件", ""] {
                let bar = ProgressBar(
                    label: label, total: 3_000_000_000, words: words, width: width, isTerminal: true
                )
                let line = Self.lines(bar, [(0, 0), (1_000_000, 100)]).last ?? nil
                let shown = line?.dropFirst().dropLast(3) ?? ""
                #expect(shown.displayWidth <= max(0, width - 1), "width \(width)")
            }
        }
    }

    @Test("without a total it shows the rate alone") func endless() {
        let bar = ProgressBar(
            label: "record", total: nil, unit: .things("messages"), isTerminal: true)
        #expect(Self.lines(bar, [(0, 0), (64, 1000)]).last == "\rrecord  64 messages/s\u{1B}[K")
    }

    @Test("a job that stands still has no end in sight") func stalled() {
        let bar = ProgressBar(label: "x", total: 100, unit: .things("m"), isTerminal: true)
        let line = Self.lines(bar, [(7, 0), (7, 1000)]).last ?? nil
        #expect(line?.contains("7%  0 m/s\u{1B}") == true)
    }

    @Test("removes itself, and says nothing where there is no terminal") func erases() {
        var bar = ProgressBar(label: "x", total: 10, isTerminal: true)
        #expect(bar.erase() == nil)
        _ = bar.update(done: 1, at: 0)
        _ = bar.update(done: 2, at: 1000)
        #expect(bar.erase() == "\r\u{1B}[K")
        #expect(bar.erase() == nil)
        var quiet = ProgressBar(label: "x", total: 10, isTerminal: false)
        #expect(quiet.update(done: 1, at: 0) == nil)
        #expect(quiet.update(done: 2, at: 1000) == nil)
        #expect(quiet.erase() == nil)
    }
}
