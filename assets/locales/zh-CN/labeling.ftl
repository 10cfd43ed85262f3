### Labeling: grid, preview, inspector, labels.

labeling-title = 标注
yes = 是
no = 否

## Tabs, filter, order
labeling-tab-unlabeled = 未标注
labeling-tab-labeled = 已标注
labeling-tab-to-confirm = 待确认
labeling-tab-all = 全部
labeling-tab-trash = 回收站
labeling-mode-one = 单标签
    .tip = 按一个键即设置标签、确认并转到下一个样本
labeling-mode-several = 多标签
    .tip = 按键添加或取消标签，按 Enter 确认并转到下一个样本
labeling-filter-text = 按名称筛选
labeling-filter-labels = 标签
labeling-filter-more = 更多筛选
labeling-any = 不限
labeling-usage = 用途
labeling-usage-none = 未指定
labeling-missing = 文件缺失
labeling-property = 属性
labeling-property-value = 值
labeling-clear-filter = 清除筛选
labeling-sort = 排序
labeling-sort-name = 名称 A–Z
labeling-sort-name-descending = 名称 Z–A
labeling-sort-added = 最早添加
labeling-sort-added-descending = 最近添加
labeling-refresh = 刷新
    .tip = 已处理的样本留在原位，刷新后才移走
labeling-refresh-moved = 刷新（{ $count } 个已处理）

## Grid
labeling-grid-name = { $count } 张图片
labeling-shown = { $count } 张图片
labeling-selected = 已选 { $count } / { $total }
labeling-select-page = 选择本页
labeling-select-all = 全选
labeling-delete-count = 删除 { $count } 张
labeling-restore = 恢复
labeling-thumbnail-size = 缩略图大小
labeling-state-unlabeled = 未标注
labeling-state-labeled = 已标注
labeling-state-nothing = 已标注为无标签
labeling-state-to-confirm = 待确认
labeling-state-deleted = 已删除
labeling-hard = 难例
    .tip = 标记模型容易出错的样本
labeling-hard-needs-label = 先添加标签，才能标为难例

## Empty
labeling-empty-dataset = 还没有图片：请添加图片，或同步输入位置
labeling-empty-filter = 没有符合筛选条件的图片
labeling-empty-unlabeled = 全部标注完成，可以发布版本用于训练
labeling-empty-labeled = 还没有已标注的样本
labeling-go-unlabeled = 查看未标注的图片
labeling-empty-to-confirm = 没有待确认的建议
labeling-empty-trash = 回收站是空的

## Actions and what they tell
labeling-add-images = 添加图片
    .tip = 把图片复制到数据集的输入位置
labeling-shortcuts = 快捷键
labeling-no-such-key = 没有标签使用快捷键 { $key }
labeling-all-decided = 这里没有未处理的图片了
labeling-undone = { $count ->
    [0] 已撤销：{ $edit }
   *[other] 已撤销：{ $edit }，{ $count } 张图片
}
labeling-redone = { $count ->
    [0] 已重做：{ $edit }
   *[other] 已重做：{ $edit }，{ $count } 张图片
}
labeling-nothing-to-undo = 没有可撤销的操作
labeling-nothing-to-redo = 没有可重做的操作
labeling-restored = 已恢复 { $count } 张图片

## Labels
labeling-labels = 标签
labeling-no-labels = 还没有标签：输入名称后按 Enter
labeling-type-label = 输入标签  /
labeling-type-label-name = 所选样本的标签
labeling-create-label = 新建“{ $name }”
labeling-new-label = 新建标签
labeling-new-label-confirm = 新建标签
labeling-edit-label = 修改标签
labeling-edit-label-confirm = 保存
labeling-delete-label = 删除标签
labeling-label-menu = 修改 { $name }
labeling-foreign-name = 导入的名称：部分格式不接受
labeling-label-name = 名称
labeling-label-exists = 已有同名标签
labeling-label-color = 颜色
labeling-label-color-code = 颜色代码
labeling-label-color-error = 请按 #E69F00 的格式填写
labeling-label-key = 快捷键
labeling-label-key-note = 1 到 9 或一个字母，留空表示不设
labeling-label-key-canvas = 数字，或画布命令未占用的字母：{ $free }
labeling-label-key-canvas-taken = 在画布上此键用于“{ $command }”；可用字母：{ $free }
labeling-label-key-taken = { $name } 将失去此快捷键
labeling-label-key-error = 快捷键须为 1 到 9，或 H、X 以外的一个字母
labeling-merge-confirm = 合并标签
labeling-merge-warning = 已有标签“{ $name }”，用于 { $others } 张图片。合并后另有 { $count } 张图片改为 { $name }，当前标签将不再存在。
labeling-merged = { $from } 已并入 { $into }
labeling-label-deleted = 已删除标签 { $name }
labeling-deleted-undo = 可以撤销
labeling-delete-label-title = 删除标签 { $name }
labeling-delete-label-only = 仅删除标签
labeling-delete-label-only-what = { $count ->
    [0] 没有图片使用此标签
   *[other] { $count } 张图片将失去此标签，没有其他标签的回到未标注
}
labeling-delete-label-images = 删除标签及仅含此标签的图片
labeling-delete-label-images-what = { $count ->
    [0] 没有仅含此标签的图片
   *[other] { $count } 张图片移入数据集的回收站，文件保留
}

## Inspector
labeling-nothing-selected = 选择图片以查看标签
labeling-selected-title = 已选 { $count } 张图片
labeling-counting = 正在统计…
labeling-selection-labels = 所选样本的标签
labeling-selection-add = 添加标签
labeling-selection-remove = 从所选样本移除 { $name }
labeling-selection-replace = 替换所选样本的 { $name }
labeling-properties-show = 显示 { $name } 的属性
labeling-properties-hide = 隐藏 { $name } 的属性
labeling-property-several = { $count } 个不同的值
labeling-property-add = 添加属性
labeling-property-remove = 移除属性 { $name }
labeling-facts = 文件
labeling-fact-state = 状态
labeling-fact-dimensions = 尺寸
labeling-fact-size = 大小
labeling-fact-labeled-by = 标注人
labeling-fact-labeled-at = 标注时间
labeling-fact-confidence = 置信度
labeling-fact-added = 添加时间
labeling-fact-path = 路径
labeling-fact-missing = 文件缺失

## Preview
labeling-preview-back = 网格
labeling-preview-previous = 上一张
labeling-preview-next = 下一张
labeling-preview-larger = 放大
labeling-preview-smaller = 缩小
labeling-preview-fit = 适应窗口
labeling-preview-original = 原始大小

## Adding images
labeling-add-pick = 选择文件…
labeling-add-path = 文件或文件夹路径
labeling-add-path-hint = 或输入文件、文件夹的路径
labeling-add-look = 查看
labeling-add-note = 图片会复制到输入位置，已有的文件不会被覆盖
labeling-add-looking = 正在查看图片：{ $done } / { $total }
labeling-add-found = { $count } 张图片，{ $size }
labeling-add-broken = { $count } 个文件无法读取，将被略过
labeling-add-leave-out = 不添加 { $name }
labeling-add-confirm = 添加 { $count } 张图片
labeling-added = { $count ->
    [0] 没有添加图片
   *[other] 已添加 { $count } 张图片
}

## Deleting images
labeling-delete-title = 删除 { $count } 张图片
labeling-delete-confirm = 删除
labeling-delete-only = 仅从数据集中删除
    .tip = 文件保留在原处；撤销可恢复图片及其标签
labeling-delete-files = 同时将文件移入回收站
    .tip = 从回收站恢复时，文件会放回原处
labeling-delete-versions = 将缺少文件的已发布版本：{ $versions }
labeling-deleted = 已删除 { $count } 张图片
labeling-files-moved = { $count } 个文件已移入回收站

## Keys
labeling-keys-decide = 标注
labeling-keys-move = 移动
labeling-keys-select = 选择
labeling-keys-look = 查看
labeling-key-label = 设置该快捷键对应的标签
labeling-key-enter = 多标签：确认并转到下一张
labeling-key-confirm = 按现状确认，没有标签则记为无标签
labeling-key-clear = 清除全部标签
labeling-key-type = 输入标签
labeling-key-hard = 标记或取消难例
labeling-key-usage = 设置用途（TRAIN 等）；清除
labeling-key-mode = 切换单标签与多标签
labeling-key-undo = 撤销、重做
labeling-key-delete = 删除图片
labeling-key-arrows = 移动
labeling-key-page = 翻页、到开头、到末尾
labeling-key-undecided = 下一张未处理的图片
labeling-key-tabs = 上一个、下一个标签页
labeling-key-filter = 按名称筛选
labeling-key-refresh = 刷新列表
labeling-key-add = 添加图片
labeling-key-extend = 扩展选择
labeling-key-toggle = 选中或取消一个
labeling-key-select-page = 选择本页
labeling-key-select-all = 全选
labeling-key-escape = 取消选择、关闭
labeling-key-preview = 大图与返回
labeling-key-zoom = 缩放、缩略图大小
labeling-key-fit = 大图：适应窗口、原始大小
labeling-key-help = 显示此列表

## 文本
labeling-texts-name = { $count } 条文本
labeling-search-texts = 搜索文本
labeling-empty-filter-texts = 没有符合筛选条件的文本
labeling-empty-dataset-texts = 还没有文本：请添加文本，或同步输入位置
labeling-go-unlabeled-texts = 查看未标注的文本
labeling-add-texts = 添加文本
    .tip = 把 .txt 和 .csv 文件复制到数据集的输入位置
labeling-all-decided-texts = 这里没有未处理的文本了
labeling-undone-texts = { $count ->
    [0] 已撤销：{ $edit }
   *[other] 已撤销：{ $edit }，{ $count } 条文本
}
labeling-redone-texts = { $count ->
    [0] 已重做：{ $edit }
   *[other] 已重做：{ $edit }，{ $count } 条文本
}
labeling-restored-texts = 已恢复 { $count } 条文本
labeling-nothing-selected-texts = 选择文本以查看标签
labeling-selected-title-texts = 已选 { $count } 条文本
labeling-clear-labels = 清除标签
    .tip = 恢复为未标注；文本保留
labeling-delete-texts = 删除 { $count } 条文本
labeling-delete-title-texts = 删除 { $count } 条文本
labeling-delete-texts-note = 文本及其标签将从数据集中移除，可以撤销。来源文件不会改动，同步也不会再把它们加回来。
labeling-deleted-texts = 已删除 { $count } 条文本
labeling-lines = 行数
labeling-more-lines = 每条文本多显示一行
labeling-fewer-lines = 每条文本少显示一行
labeling-text-list = 列表
labeling-text-previous = 上一条文本
labeling-text-next = 下一条文本
labeling-text-larger = 放大文字
labeling-text-smaller = 缩小文字

## 待确认的建议
labeling-sure = 置信度不低于
labeling-sure-name = 置信度下限
labeling-sure-accept = 全部接受（{ $found }）
labeling-refuse = 拒绝
    .tip = 所选样本的建议不正确
labeling-accept-label = 接受 { $name }
labeling-refuse-label = 拒绝 { $name }

## 文本的快捷键
labeling-keys-confirm = 待确认
labeling-key-accept = 接受建议并继续
labeling-key-refuse = 拒绝建议并继续
labeling-key-accept-label = 多标签：接受该标签
labeling-key-refuse-label = 拒绝该标签
labeling-key-accept-sure = 接受不低于阈值的全部建议
labeling-key-enter-text = 单标签：放大与返回；多标签：确认并继续
labeling-key-clear-text = 清除标签：恢复为未标注
labeling-key-delete-text = 删除文本
labeling-key-undecided-text = 下一条未处理的文本
labeling-key-filter-text = 搜索文本
labeling-key-add-text = 添加文本
labeling-key-read = 放大阅读与返回
labeling-key-read-page = 放大阅读时：下一页、上一页
labeling-key-lines = 每条文本的行数、放大阅读的字号

## 添加文本
labeling-add-texts-note = 文件会复制到输入位置；已有的文件不会被覆盖
labeling-texts-found = 共 { $count } 条文本
labeling-texts-found-labeled = 其中 { $count } 条带标签
labeling-texts-more = 另有 { $count } 个文件
labeling-texts-confirm = 添加 { $count } 条文本
labeling-texts-added = { $count ->
    [0] 没有添加文本
   *[other] 已添加 { $count } 条文本
}
labeling-texts-labeled = 其中 { $count } 条从文件得到标签
labeling-texts-result = 标签：{ $name }
labeling-texts-known = { $count } 条文本已存在，未重复添加
