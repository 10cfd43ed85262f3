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
status-syncing = 正在同步
status-messages = 消息
status-messages-unread = { $count } 条新消息
jobs-title = 任务
jobs-empty = 导入、发布等耗时操作会显示在这里
messages-title = 消息
messages-empty = 暂无消息
messages-undone = 已撤销
messages-edited-since = 此后又有修改：请使用“撤销”
messages-more = 另有 { $count } 条

## 命令面板
palette-hint = 输入命令或数据集名称
palette-nothing = 没有匹配的结果

## 多处使用的词（续）
save = 保存
add = 添加
browse = 浏览…
browse-none = 没有打开文件对话框：系统似乎没有提供。请直接输入路径
select-all = 全选
select-none = 全不选
more-actions = 更多操作
search-clear = 清除搜索
copy-of = 复制：{ $name }
description = 描述
color-of = 颜色 { $color } { $name }
color-code = 颜色代码
color-wrong = 请按 #E69F00 的格式填写

## 命令：名称与作用
command-palette = 命令面板
    .tip = 输入几个字母即可找到命令或数据集
command-create-dataset = 创建数据集…
    .tip = 用一个文件夹创建数据集
command-import-dataset = 导入…
    .tip = 从文件夹或 Manifest 文件导入已标注的数据
command-sync-dataset = 同步数据源
    .tip = 重新读取数据集输入位置
command-publish = 发布…
    .tip = 将数据集发布为不再变化的版本
command-label-dataset = 标注
    .tip = 打开数据集进行标注
command-versions = 版本管理
    .tip = 查看、对比和管理已发布的版本
command-reviews = 复核
    .tip = 在看不到首次标注的情况下重新标注部分样本并比较
command-add-samples = 添加文件…
    .tip = 将图片或文本添加到数据集
command-auto-label = 自动标注…
    .tip = 由训练好的模型为未标注的文本给出建议
command-delete-samples = 从数据集中删除…
    .tip = 将当前或选中的样本从数据集中删除
command-train = 训练…
    .tip = 用该数据集的某个版本训练模型
command-modify-dataset = 修改…
    .tip = 修改名称、描述等
command-delete-dataset = 删除…
    .tip = 先列出将被删除的内容，再删除数据集
command-undo = 撤销
    .tip = 撤销最近一次修改
command-redo = 重做
    .tip = 重新执行已撤销的修改
command-go-datasets = 转到数据集
    .tip = 显示全部数据集
command-go-training = 转到训练作业
    .tip = 显示全部训练作业
command-go-models = 转到模型
    .tip = 显示全部模型
command-go-services = 转到在线服务
    .tip = 显示全部服务
command-go-settings = 设置
    .tip = 语言、主题、缩放、名称、文件夹、快捷键
command-back = 返回
    .tip = 返回上一页
command-jobs = 任务
    .tip = 显示正在运行和已结束的任务
command-messages = 消息
    .tip = 显示全部消息
command-toggle-navigation = 显示或收起导航栏
    .tip = 将导航栏收起为图标
command-toggle-inspector = 显示或收起右侧面板
    .tip = 为页面留出更多空间
command-zoom-in = 放大
    .tip = 放大界面
command-zoom-out = 缩小
    .tip = 缩小界面
command-zoom-reset = 恢复默认缩放
    .tip = 使用屏幕自身的缩放比例
command-toggle-theme = 切换浅色或深色
    .tip = 切换主题
command-toggle-language = 切换语言
    .tip = English 或 简体中文
command-tour = 新手引导
    .tip = 六步了解从文件到在线服务的全过程

## 任务
activity-sync = 同步数据源
activity-import = 导入
activity-publish = 发布
activity-add-images = 添加图片
activity-add-texts = 添加文本
activity-set-current-version = 设置当前版本
activity-training = 训练
activity-deploy = 部署
activity-settle-review = 处理差异
activity-auto-label = 自动标注
activity-label-everywhere = 标注所有相同内容
phase-starting = 正在启动

## 可撤销的修改
edit-assign = 设置标签
edit-assign-add = 添加标签
edit-assign-remove = 移除标签
edit-replace-label = 替换标签
edit-confirm = 确认标注
edit-set-usage = 设置用途
edit-set-hard = 标记难例
edit-set-property = 设置属性
edit-annotate = 修改标注
edit-annotate-many = 批量标注
edit-suggest = 生成建议标注
edit-accept = 接受建议
edit-refuse = 拒绝建议
edit-clear-labels = 清除标签
edit-settle-review = 处理全部差异
edit-delete-samples = 删除样本
edit-restore-samples = 恢复样本
edit-add-label = 新建标签
edit-rename-label = 重命名标签
edit-merge-label = 合并标签
edit-recolor-label = 修改标签颜色
edit-set-label-key = 设置标签快捷键
edit-modify-label = 修改标签
edit-delete-label = 删除标签
edit-set-current-version = 设置当前版本
edit-undo = 撤销
edit-redo = 重做

## 设置
settings-as-system = 跟随系统
settings-look = 外观
settings-language = 语言
settings-theme = 主题
settings-light = 浅色
settings-dark = 深色
settings-zoom = 缩放
settings-person = 个人
settings-name = 您的名称
settings-name-note = 您的标注会带有此名称；留空则使用系统用户名
settings-folders = 文件夹
settings-workspace = 工作区
settings-workspace-note = 使用 --workspace DIR 启动可切换到其他工作区
settings-file = 设置文件
settings-shortcuts = 快捷键
settings-shortcut-search = 搜索命令或按键
settings-shortcuts-reset = 全部恢复默认
settings-keys-of = “{ $name }”的快捷键
settings-keys-reset = 恢复“{ $name }”的默认快捷键
settings-no-keys = 无
settings-keys-unreadable = 请按 Ctrl+Shift+K 的格式填写，留空表示不设快捷键
settings-keys-taken = 该快捷键已被“{ $name }”使用

## 首次使用
first-run-title = 欢迎使用 Modelier
first-run-text = 在本机完成图片和文本的标注、版本发布、训练、评估与部署
first-run-sample = 试用示例数据集
    .about = 已部分标注的小图片，可直接发布和训练
first-run-sample-subject = 示例数据集
first-run-folder = 打开文件夹
    .about = 用您自己的文件创建数据集
first-run-tour = 新手引导
    .about = 六步了解从文件到在线服务的全过程
first-run-drop = 也可以将文件夹拖到此窗口
first-run-type-path = 输入路径
drop-here = 松开即可用该文件夹创建数据集

## 新手引导
tour-step = 第 { $step } 步，共 { $total } 步
tour-next = 下一步
tour-back = 上一步
tour-finish = 完成
tour-end = 结束引导
tour-data = 导入数据
    .about = 数据集直接读取原有文件夹。将文件夹拖到窗口，或选择“创建数据集…”。以标签命名的子文件夹会自动带入标注；同步数据源可发现新增、变化和重命名的文件。
tour-label = 标注
    .about = 打开数据集，逐个浏览未标注的样本。按一个键即可设置标签、确认并转到下一个；也可以多选后一次标注。每一步都能撤销，重启后依然有效。
tour-publish = 发布版本
    .about = 发布会将全部样本和标签写成不再变化的版本。基于版本训练，始终清楚模型学到了什么。对比两个版本即可看到其间的变化。
tour-train = 训练
    .about = 选择版本和算法，参数已有合适的默认值。训练在独立进程中运行：您可以继续标注或关闭窗口，作业不会中断。
tour-evaluate = 评估
    .about = 精确率、召回率和混淆矩阵来自模型未见过的样本。点击单元格查看被误判的样本，并修正其标注。
tour-serve = 部署
    .about = 将训练好的模型部署为本机的在线服务。在测试页拖入一张图片，或使用仅显示一次的令牌通过 HTTP 调用。
command-export-dataset = 导出…
    .tip = 以其他工具的格式写出标注
activity-export = 导出
