import TerminalText
import VehicleFaults

/// What a statistical check saw, in words.
package struct TrendText {
    package let presentation: Presentation

    package init(presentation: Presentation) { self.presentation = presentation }

    /// What was seen, since when, how sure it is, and by when the limit should be met.
    package func text(_ item: EventBody.Item, onset: String) -> String {
        let isChinese = presentation.words.language == .chinese
        let name = (item.signal ?? "").visible
        let size = item.size ?? 0
        var parts: [String] = []
        // A forecast has neither a beginning nor evidence.
        switch item.statistic {
        case "wears-out": return wear(item, within: name)
        case "foretells": return pair(item, name, onset: onset)
        default: break
        }
        switch item.statistic {
        case "returns":
            let share = shortNumber((1000 * size).rounded() / 10)
            parts.append(
                isChinese
                    ? "\(name) 反复出现，占消息的 \(share)%" : "\(name) on \(share) % of messages")
        case "recurs":
            let (times, ratio) = (
                shortNumber(item.value ?? 0), shortNumber((10 * size).rounded() / 10)
            )
            parts.append(
                isChinese
                    ? "\(name) 已出现 \(times) 次，为允许频率的 \(ratio) 倍"
                    : "\(name) came \(times) times, \(ratio) times as often as is allowed")
            if let growth = item.deviation, growth > 0 {
                parts.append(isChinese ? "间隔越来越短" : "ever sooner")
            }
        case "unlike-kind":
            let moved = shortNumber((100 * size).rounded() / 100)
            parts.append(
                isChinese
                    ? "\(name) 的相互关系偏离同类车辆，距离较自身平时多 \(moved)"
                    : "\(name) go together less than on its kind, by \(moved) more than they used to"
            )
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
            let isRanked = item.statistic == "above-kind" || item.statistic == "below-kind"
            let from =
                isRanked
                ? (isChinese ? "与同类车辆的平时差距" : "its usual distance to its kind")
                : (isChinese ? "自身水平" : "its own level")
            parts.append(
                isChinese
                    ? "较\(from)\(size < 0 ? "低" : "高") \(moved)（平时偏差的 \(usual) 倍）"
                    : "\(moved) \(size < 0 ? "below" : "above") \(from), "
                        + "\(usual) times its usual deviation")
        }
        parts.append((isChinese ? "自 " : "since ") + presentation.time(stored: onset))
        if let score = item.score, let limit = item.limit {
            let (seen, needed) = (shortNumber(Self.tenths(score)), shortNumber(Self.tenths(limit)))
            parts.append(
                isChinese ? "证据 \(seen)（需要 \(needed)）" : "evidence \(seen) of \(needed) needed")
        }
        if let from = item.dueFrom, let to = item.dueTo {
            parts.append(
                isChinese
                    ? "预计 \(presentation.time(stored: from)) 至 \(presentation.time(stored: to)) 到限"
                    : "limit expected \(presentation.time(stored: from)) to \(presentation.time(stored: to))"
            )
        }
        if let reason = item.noDate.flatMap({ NoServiceDate(rawValue: $0) }) {
            parts.append(without(reason))
        }
        return parts.joined(separator: presentation.words.comma)
    }

    /// Why it is not said by when the limit is met.
    private func without(_ reason: NoServiceDate) -> String {
        let words = presentation.words
        return switch reason {
        case .limitMet: words.say("the limit is met already", "已到限值")
        case .notProven:
            words.say(
                "no date for the limit: it is not proven that it goes on moving",
                "无到限日期：尚不能证明变化会继续")
        case .tooFar:
            words.say(
                "no date for the limit: more than a year away at this pace",
                "无到限日期：按当前速度一年内不会到限")
        case .tooFlat:
            words.say(
                "no date for the limit: so slow that it may take years",
                "无到限日期：变化过缓，可能需数年")
        }
    }

    /// What a code has meant so far when it came with this signal off.
    private func pair(_ item: EventBody.Item, _ name: String, onset: String) -> String {
        func percent(_ share: Double?) -> String {
            shortNumber((1000 * (share ?? 0)).rounded() / 10)
        }
        let deviate = item.value ?? 0
        let off = shortNumber((10 * deviate.magnitude).rounded() / 10)
        let cases = shortNumber(item.deviation ?? 0)
        let (mean, sure, limit) = (percent(item.size), percent(item.score), percent(item.limit))
        return presentation.words.language == .chinese
            ? "\(name)：信号较自身水平\(deviate < 0 ? "低" : "高")平时偏差的 \(off) 倍，自 \(presentation.time(stored: onset))；"
                + "以往 \(cases) 次中 \(mean)% 随后失效（至少 \(sure)%，需要 \(limit)%）"
            : "\(name): the signal \(off) times its usual deviation \(deviate < 0 ? "below" : "above") "
                + "its own level, since \(presentation.time(stored: onset)); of \(cases) such cases \(mean) % failed (at least "
                + "\(sure) %, told from \(limit) %)"
    }

    /// What is expected of a part as old as this one.
    private func wear(_ item: EventBody.Item, within span: String) -> String {
        func percent(_ share: Double?) -> String {
            shortNumber((1000 * (share ?? 0)).rounded() / 10)
        }
        let unit = span.hasSuffix("h") ? "h" : "km"
        let age = "\(shortNumber((item.value ?? 0).rounded())) \(unit)"
        let (chance, limit) = (percent(item.score), percent(item.limit))
        let interval = (percent(item.size), percent(item.deviation))
        return presentation.words.language == .chinese
            ? "部件已用 \(age)，今后 \(span) 内失效概率 \(chance)%（\(interval.0)% 至 \(interval.1)%），检查限值 \(limit)%"
            : "a part of \(age): \(chance) % (\(interval.0) to \(interval.1)) of such parts fail within "
                + "\(span), inspection asked for from \(limit) %"
    }

    private static func tenths(_ value: Double) -> Double { (10 * value).rounded() / 10 }
}
