import TerminalText
import VehicleFaults

/// What a statistical check saw, in words.
struct TrendText {
    let presentation: Presentation

    /// What was seen, since when, how sure it is, and by when the limit should be met.
    func text(_ item: EventBody.Item, onset: String) -> String {
        let isChinese = presentation.words.language == .chinese
        let name = (item.signal ?? "").visible
        let size = item.size ?? 0
        var parts: [String] = []
        switch item.statistic {
        case "returns":
            let share = shortNumber((1000 * size).rounded() / 10)
            parts.append(
                isChinese
                    ? "\(name) 反复出现，占消息的 \(share)%" : "\(name) on \(share) % of messages")
        case "scatters":
            let ratio = shortNumber((100 * size).rounded() / 100)
            parts.append(
                isChinese
                    ? "\(name) 离散度为自身平时的 \(ratio) 倍"
                    : "\(name) scatters \(ratio) times as much as it used to")
        default:
            parts.append(name + " " + (item.value.map(shortNumber) ?? "-"))
            let moved = shortNumber((100 * size.magnitude).rounded() / 100)
            let often = item.deviation.map { $0 > 0 ? size.magnitude / $0 : 0 } ?? 0
            let usual = shortNumber((10 * often).rounded() / 10)
            parts.append(
                isChinese
                    ? "较自身水平\(size < 0 ? "低" : "高") \(moved)（平时偏差的 \(usual) 倍）"
                    : "\(moved) \(size < 0 ? "below" : "above") its own level, "
                        + "\(usual) times its usual deviation")
        }
        parts.append((isChinese ? "自 " : "since ") + time(onset))
        if let score = item.score, let limit = item.limit {
            let (seen, needed) = (shortNumber(Self.tenths(score)), shortNumber(Self.tenths(limit)))
            parts.append(
                isChinese ? "证据 \(seen)（需要 \(needed)）" : "evidence \(seen) of \(needed) needed")
        }
        if let from = item.dueFrom, let to = item.dueTo {
            parts.append(
                isChinese
                    ? "预计 \(time(from)) 至 \(time(to)) 到限"
                    : "limit expected \(time(from)) to \(time(to))")
        }
        return parts.joined(separator: presentation.words.comma)
    }

    private static func tenths(_ value: Double) -> Double { (10 * value).rounded() / 10 }

    private func time(_ text: String) -> String {
        let time = try? TimeText(now: EventTime(milliseconds: 0), offset: { _ in 0 }).parse(text)
        return time.map(presentation.time) ?? text.visible
    }
}
