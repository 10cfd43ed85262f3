### 窗口框架：导航、状态栏、命令面板、设置、首次使用。

## 多处使用的词
close = 关闭
cancel = 取消
loading = 正在加载…

## 导航
nav-datasets = 数据集
nav-training = 训练作业
nav-models = 模型
nav-services = 在线服务
nav-settings = 设置
navigation-collapse = 收起导航栏
navigation-expand = 展开导航栏

## 状态栏、任务、消息
status-saved = 已保存
status-saving = 正在保存 { $count } 项修改
status-not-saved = 未保存
status-jobs = { $count ->
    [0] 没有正在运行的任务
   *[other] { $count } 个任务正在运行
}
status-jobs-percent = { $count } 个任务正在运行，{ $percent }
status-messages = 消息
status-messages-unread = { $count } 条新消息
jobs-title = 任务
jobs-empty = 导入、发布等耗时操作会显示在这里
messages-title = 消息
messages-empty = 暂无消息
messages-more = 另有 { $count } 条

## 命令面板
palette-hint = 输入命令或数据集名称
palette-nothing = 没有匹配的结果
