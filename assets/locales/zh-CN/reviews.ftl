### 复核：列表、重新标注、一致性、处理差异。

reviews-title = 复核
review-title = 复核
reviews-empty = 复核能反映两人标注的一致程度：抽取部分样本，在看不到首次标注的情况下重新标注
reviews-objects-only = 复核用于比较图片中的物体或文本的标注，该数据集两者都没有

review-start = 开始复核…
    .tip = 随机抽取部分已标注样本，在看不到首次标注的情况下重新标注
review-start-title = 开始复核
review-start-confirm = 开始
review-start-what = 从已标注样本中随机抽取一部分。复核者看不到已有标注，因此可以将两次标注进行比较。
review-by-share = 按比例
review-by-count = 按数量
review-share = 占已标注样本的百分比
review-share-fault = 请输入大于 0 且不超过 100 的数字
review-count = 样本数量
review-count-fault = 请输入 1 到 { $total } 之间的整数
review-drawn = 从 { $total } 个已标注样本中抽取 { $count } 个
review-seed = 随机种子（选填）
review-seed-note = 相同的种子抽取相同的样本
review-seed-fault = 请输入整数，或留空

review-extent = { $share } · { $count } 个样本
review-progress = 已完成 { $done } / { $total }
review-by = 发起人：{ $actor }
review-column-begun = 开始时间
review-column-extent = 范围
review-column-sample = 样本
review-column-differences = 差异

review-open-sample = 打开此样本
review-of = 复核 { $name }
review-open = 查看一致性
review-draw = 重新标注
    .tip = 在看不到首次标注的情况下标注待复核的样本
review-settle = 处理差异
    .tip = 并排对比两次标注并作出决定
review-delete = 删除此次复核…
review-delete-title = 删除此次复核？
review-delete-text = { $count ->
    [0] 尚无样本被重新标注。数据集的标注保持不变。
   *[other] { $count } 个样本中重新标注的内容以及统计结果将被删除，数据集的标注保持不变。此操作无法撤销。
}
review-delete-confirm = 删除
review-deleted = 已删除此次复核

review-standing-new = 未开始
review-standing-drawing = 进行中
review-standing-differs = { $count } 个待处理
review-standing-settled = 已完成
review-state-waiting = 待复核
review-state-done = 已复核
review-state-differs = 有差异
review-state-agrees = 一致
review-state-settled = 已处理

## 重新标注
review-banner = 复核
review-hidden = 首次标注不会显示
review-leave = 离开
review-see-agreement = 查看一致性
review-all-done = 此次复核的样本已全部完成
review-done = 完成
    .tip = 此图片已完成，转到下一张待复核的图片
review-nothing-tip = 此图片中没有物体，转到下一张待复核的图片
review-done-text = 完成
    .tip = 转到下一条待复核的文本
review-nothing-text = 没有要标注的内容
review-key-done = 按现状完成并继续
review-key-waiting = 下一条待复核的文本
review-no-sample-left = 此次复核的样本均已不存在

## 一致性
review-agreement = 一致性
    .meaning = 两次标注中完全相同（标签也相同）的内容所占比例（F1）；对实体而言，首尾字符都须相同
review-overlap = 平均重合度
    .meaning = 两次都标出的物体的平均交并比（IoU）
review-agreed = 一致
    .meaning = 两次都有且标签相同的内容
review-other-label = 不同
    .meaning = 两次都有但不同：标签不同，或实体的首尾不同
review-only-first = 仅首次有
    .meaning = 只有首次标注有的内容
review-only-second = 仅复核有
    .meaning = 只有复核有的内容
review-kappa = 科恩 kappa 系数
    .meaning = 两人的一致程度超出随机水平多少：1 为完全一致，0 为随机水平，小于 0 为低于随机水平。短横表示无法计算：所有文本的标签都相同
review-overlapping = 重叠一致
    .meaning = 与另一次标注中同标签实体至少共有一个字符的实体所占比例（F1）；一致性则要求首尾字符都相同
review-exact = 完全一致
    .meaning = 两次标注中首尾字符与标签都相同的实体所占比例（实体 F1）
review-by-label = 按标签
review-first = 首次
review-second = 复核
review-both = 两者
review-nobody-looked = 尚无样本被重新标注

## 处理差异
review-settle-title = 处理差异
review-first-pass = 首次标注
review-second-pass = 复核标注
review-settled-of = 已处理 { $settled } / { $total }
review-next-open = 下一个待处理的样本
review-zoom = 放大到该差异
review-previous = 上一个样本
review-next = 下一个样本
review-difference-label = { $first } 或 { $second }
review-difference-first = 仅首次有：{ $label }
review-difference-second = 仅复核有：{ $label }
review-keep-first = 首次：{ $label }
review-keep-second = 复核：{ $label }
review-keep-both = 都保留
review-keep-neither = 都不保留
review-keep-it = 保留
review-remove-it = 移除
review-leave-it-out = 不采用
review-add-it = 采用
review-open-difference = 未决定
review-differences = { $count ->
    [0] 没有差异
   *[other] { $count } 处差异
}
review-differences-note = { $agreed } 处一致 · 已决定 { $decided } 处
review-rest-first = 其余均以首次为准
review-rest-second = 其余均以复核为准
review-rest = 其余差异
    .tip = 决定此样本中尚未决定的差异，并完成处理
review-sample-settled = 此样本已处理
review-settled-note = 按 { $keys } 可撤销
review-sample-agrees = 两次标注在此样本上一致
review-no-difference = 没有需要处理的差异：两次标注一致，或尚无样本被重新标注
review-all-settled = 全部差异已处理
review-nothing-to-undo = 尚未作出任何决定
review-settle-all = 处理全部样本…
review-settle-all-first = 全部以首次为准…
review-settle-all-second = 全部以复核为准…
review-settle-all-title = 处理全部样本？
review-settle-all-text-first = 在所有已复核的样本中保留首次标注。一次撤销即可全部恢复。
review-settle-all-text-second = 在所有已复核的样本中，凡有差异之处均以复核标注替换首次标注。一次撤销即可全部恢复。
review-settle-all-confirm = 处理
review-settled-all = 已处理 { $count } 个样本
