import TerminalText
import VehicleFaults

extension Saying {
    /// A length of time in at most two units, as `2d23h`, each a saying of its own so that it is
    /// translated.
    package init(duration milliseconds: Int64) {
        var result: Saying = ""
        var rest = DurationText.text(milliseconds, parts: 2)[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !$0.isNumber }
            rest = rest.dropFirst(unit.count)
            let part: Saying =
                switch unit {
                case "d": "\(digits)d"
                case "h": "\(digits)h"
                case "m": "\(digits)m"
                case "s": "\(digits)s"
                default: "\(digits)ms"
                }
            result = result.isEmpty ? part : "\(result)\(part)"
        }
        self = result
    }
}

// What `forewarn doctor` finds, and what to do about it.
extension Words {
    package static let checkups: [String: String] = [
        "{}d": "{}天", "{}h": "{}小时", "{}m": "{}分钟", "{}s": "{}秒", "{}ms": "{}毫秒",
        "this machine says that it is the year {}": "本机显示的年份为{}",
        "keep its clock right with chrony or systemd-timesyncd":
            "用 chrony 或 systemd-timesyncd 校准时钟",
        "{} cannot be read: {}": "无法读取 {}：{}",
        "name the file that the daemon was started with": "请指定守护进程启动时所用的文件",
        "no daemon runs on this folder": "此目录没有守护进程在运行",
        "systemctl start forewarn, or forewarn run": "运行 systemctl start forewarn 或 forewarn run",
        "look with the rights of the service": "请以服务账户的权限查看",
        "runs": "运行中",
        "{} free of {}": "可用 {}，共 {}",
        "make room, or lower store.retain_for or store.retain_bytes":
            "清理空间，或调低 store.retain_for、store.retain_bytes",
        "damaged: {}": "已损坏：{}",
        "copy the folder away, then restore the last backup": "先将目录另存，再恢复最近的备份",
        "name the state folder with --state; the service's belongs to root":
            "用 --state 指定状态目录；服务的状态目录属于 root",
        "version {}": "版本 {}",
        "{} is newer than this program": "{}，比本程序新",
        "install the version of forewarn that runs as the daemon":
            "请安装与守护进程相同版本的 forewarn",
        "newest row {}, {} kept, {}": "最新行 {}，留存 {} 行，{}",
        "{} of {} messages ({} %)": "{2} 条消息中有 {1} 条（{3} %）",
        "forewarn dlq ls shows the reasons; many at once mean a changed sender":
            "forewarn dlq ls 可查看原因；短时间大量出现多因发送方变更",
        "none was received yet": "尚未收到消息",
        "compare the topics with mosquitto_sub -v -t '#'": "用 mosquitto_sub -v -t '#' 核对主题",
        "the newest was received {} ago": "最近一条收于 {} 前",
        "the newest was received in the future, at {}": "最近一条的接收时间在未来：{}",
        "keep the clock of this machine right": "请校准本机时钟",
        "is the broker up, and do the vehicles drive?": "消息代理是否在线？车辆是否在行驶？",
        "{} answers": "{} 有应答",
        "write it as mqtt://HOST:PORT": "请写成 mqtt://HOST:PORT",
        "compare user, password, certificates and ACL": "请核对用户名、密码、证书和访问控制",
        "is it running, and may this machine reach it?": "它是否在运行？本机能否访问？",
        "{} of {} vehicles were heard in the newest week, {} in its newest day":
            "最近一周 {2} 辆车中有 {1} 辆上报，其中最近一天 {3} 辆",
        "look for a gateway or a topic that no longer reports": "检查是否有网关或主题不再上报",
        "{} of {} vehicles of the roster were never heard": "名册 {2} 辆车中有 {1} 辆从未上报",
        "forewarn vehicle unknown lists devices that nobody has named":
            "forewarn vehicle unknown 列出尚未登记的设备",
        "1 code left out that the roster calls false": "已略去名册标为误报的 1 个故障码",
        "{} codes left out that the roster calls false": "已略去名册标为误报的 {} 个故障码",
        "1 vehicle has a clock that is ahead; its times are not believed": "1 辆车时钟超前，其时间不予采信",
        "{} vehicles have a clock that is ahead; their times are not believed":
            "{} 辆车时钟超前，其时间不予采信",
        "set the clock of the device; vehicle show says by how much it is off":
            "请校准终端时钟；vehicle show 可查看偏差",
        "the newest message of 1 vehicle was a day old or more when it came":
            "1 辆车的最新消息在收到时已超过一天",
        "the newest messages of {} vehicles were a day old or more when they came":
            "{} 辆车的最新消息在收到时已超过一天",
        "{} is short of data: it judges {} of {} vehicles": "{} 数据不足：{3} 辆车中只能判断 {2} 辆",
        "a past of some weeks is needed; see that vehicles send what it watches":
            "需要数周的历史数据；请确认车辆上报其监测的信号",
        "{} has had no input for a week: nobody sends {}": "{} 一周没有输入：无车辆上报 {}",
        "see that vehicles send it under this name, or switch the rule off":
            "请确认车辆以此名称上报，或停用该规则",
        "has not come back since the daemon started; it flies every {}":
            "守护进程启动后尚未返回；每 {} 发送一次",
        "came back {} ago, after {} ms; it flies every {}": "{} 前返回，用时 {} 毫秒；每 {} 发送一次",
        "does the daemon run, is the broker up, and may it write and read its own topic?":
            "守护进程是否在运行？消息代理是否在线？它能否读写自己的主题？",
    ]
}
