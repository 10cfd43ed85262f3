### 训练：作业、算法、参数、评估。

## 算法
algorithm-title-quick-image-classification = 快速图像分类
algorithm-title-resnet-v1-50 = ResNet-50
algorithm-title-yolo-v3 = YOLOv3
algorithm-title-quick-text-classification = 快速文本分类
algorithm-title-text-entity-crf = 文本实体识别（CRF）
purpose-image-classification = 图像分类
purpose-object-detection = 物体检测
purpose-text-classification = 文本分类
purpose-named-entity = 命名实体

## 作业状态
job-initializing = 初始化
job-deploying = 准备中
job-running = 运行中
job-succeeded = 运行成功
job-failed = 运行失败
job-cancelled = 已停止
job-interrupted = 已中断
job-running-percent = 运行中，{ $percent }

## 列表
training-empty = 用已发布的版本训练模型，并查看效果
training-new = 创建训练作业…
training-search = 搜索训练作业
training-nothing-found = 没有与“{ $text }”匹配的作业
column-state = 状态
column-dataset = 数据集
column-algorithm = 算法
column-started = 开始时间
column-duration = 运行时长
actions-of = { $name } 的操作
job-open = 打开
job-stop = 停止
job-again = 再次运行…
    .tip = 修改参数，作为下一个版本运行
job-delete = 删除…
job-deleted = 已删除 { $name }
job-delete-title = 删除 { $name }？
job-delete-confirm = 删除
job-delete-version = 仅删除版本 { $version }
    .note = 该作业的其他版本保留
job-delete-all = 删除整个作业 { $name } 及其所有版本
    .note = 每个版本的参数、日志和曲线都会删除
job-delete-stays = 输出位置中的训练结果以及模型列表中的模型保留

## 表单
form-title = 创建训练作业
form-title-again = 再次运行 { $name }
form-no-dataset = 训练需要一个已发布版本的数据集
    .button = 创建数据集…
form-data = 数据
form-dataset = 数据集
form-version = 版本
form-no-version = 该数据集还没有发布版本
form-algorithm = 算法
form-result = 名称与输出
form-name = 作业名称
form-again-note = 将作为 { $name } 的下一个版本运行
form-output = 输出位置
form-output-note = 作业的每个版本在此拥有单独的文件夹
form-parameters = 运行参数
form-parameters-changed = { $count ->
    [0] 均为默认值
   *[other] 已修改 { $count } 项
}
form-parameters-reset = 全部恢复默认
form-parameters-search = 搜索参数
form-parameters-nothing = 没有匹配的参数
form-parameter-reset = 恢复 { $name } 的默认值
form-no-effect = 在此不生效
    .meaning = 接受该参数以便沿用其他环境的配置；它在本机上不起作用
form-default = 默认值：{ $value }
form-default-chosen = 不填写时由算法决定
form-expects-integer = 请填写 { $min } 到 { $max } 之间的整数
form-expects-from = 请填写不小于 { $min } 的整数
form-expects-number = 请填写 { $min } 到 { $max } 之间的数
form-expects-boolean = 请填写 TRUE 或 FALSE
form-expects-choice = 可选值：{ $values }
form-expects-text = 请填写
form-expects-split = 请填写训练部分的比例，如 0.8 或 train:0.8,eval:0.2，合计不超过 1
form-expects-strategy = 请填写学习率，如 0.002，或按轮次分段，如 10:0.001,20:0.0001
form-switch = 开关 { $name }
form-on = 启用
form-choice-none = 无
form-start = 开始训练
form-started = 已开始训练 { $name } { $version }
form-done = { $name } 训练完成：准确率 { $accuracy }
form-incomplete = 请先更正上方标出的内容
form-allow-mismatch = 即使版本发布后文件有变化也训练

## 作业
tab-overview = 概览
tab-evaluation = 评估结果
tab-log = 日志
tab-compare = 版本对比
job-configuration = 配置信息
job-model = 模型
log-follow = 跟随最新日志
log-copy = 复制
log-empty = 还没有日志
curves-empty = 有了第一批指标后显示曲线
curves-loss = 损失
curves-accuracy = 准确率
curves-map = mAP
curves-train = 训练
curves-eval = 评估
curves-epoch = 训练轮次
compare-only-differences = 仅显示差异

## 评估
figure-accuracy = 准确率
    .meaning = 评估样本中预测正确的比例
figure-accuracy-or-map = 准确率 / mAP
figure-map = mAP
    .meaning = 各标签在交并比（IoU）0.5 下平均精度的平均值
figure-f1 = F1 值
    .meaning = 精确率与召回率的综合指标，按标签取平均
figure-precision = 精确率
    .meaning = 预测为某标签的结果中真正属于它的比例，按标签取平均
figure-recall = 召回率
    .meaning = 属于某标签的内容中被找出的比例，按标签取平均
evaluation-later = 训练完成后显示评估结果
evaluation-none = 该版本没有评估结果
evaluated-on = 在 { $count } 个样本上评估
trained-on = 训练使用 { $count } 个样本
left-out-several = { $count } 个多标签样本未使用
left-out-unlabeled = { $count } 个未标注样本未使用
left-out-unreadable = { $count } 个样本无法读取，未使用
by-label-title = 按标签
column-label = 标签
column-misread = 误判率
column-average-precision = AP
column-boxes = 框数
column-count = 样本数
by-label-misread = 误判 { $count } 个
by-label-misread-of = 查看被误判为 { $label } 的 { $count } 个样本
matrix-title = 混淆矩阵
matrix-note = 行为标签，列为预测结果；点击单元格查看样本
matrix-note-boxes = 行为标签，列为检测结果；最后一行为误检，最后一列为漏检
matrix-nothing = 无
score-from = 置信度不低于
    .tip = 置信度低于该值的检测框不计入各项指标、混淆矩阵和图片；mAP 始终使用全部检测框
score-service = 服务返回置信度不低于 { $score } 的结果
curve-title = 精确率-召回率曲线
images-worst = 评估图片（错误多的在前）：{ $count } 张
images-legend = 虚线：标注 · 实线：检测结果
images-enlarge = 点击放大
images-smaller = 关闭大图
images-previous = 上一张图片
images-next = 下一张图片
images-boxes = { $name }：标注 { $truth } 个，检测到 { $found } 个
matrix-cell-boxes = { $label } 检测为 { $predicted }：{ $count } 个框，占该行 { $percent }
matrix-cell = { $label } 预测为 { $predicted }：{ $count } 个，占该行 { $percent }
images-choose = 点击混淆矩阵的单元格查看样本
images-right = { $label }，预测正确：{ $count } 个
images-cell = { $label }，预测为 { $predicted }：{ $count } 个
images-misread = 被误判为 { $predicted }：{ $count } 个
images-close = 关闭这些样本
images-more = 再显示 { $count } 个
images-tile = { $name }：标签 { $label }，预测为 { $predicted }，置信度 { $confidence }
images-truth = 实际为 { $label }
