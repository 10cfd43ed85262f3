### 数据集：列表、创建、导入、发布、版本。

## 类型
scene-image = 图片
scene-sound = 音频
scene-text = 文本
type-image-classification = 图像分类
    .about = 为整张图片设置一个或多个标签
type-object-detection = 物体检测
    .about = 框出图片中的物体
type-sound-classification = 声音分类
    .about = 为整段声音设置标签
type-speech-content = 语音内容
    .about = 转写语音内容
type-speech-segmentation = 语音分割
    .about = 标出各说话人的片段
type-text-classification = 文本分类
    .about = 为一段文本设置标签
type-named-entity = 命名实体
    .about = 标出文本中的实体
type-later = 将在后续版本中提供

## 列表
datasets-search = 搜索数据集
datasets-nothing-found = 没有与“{ $text }”匹配的数据集
column-name = 名称
column-progress = 标注进度
column-samples = 样本数
column-version = 当前版本
column-created = 创建时间
column-source = 数据来源
progress-labeled = 已标注 { $labeled } / { $total }

## 创建与修改
create-title = 创建数据集
create-confirm = 创建
create-input = 数据集输入位置
create-input-hint = 文件夹，例如 /home/ada/photos
create-input-note = 文件保留在原处，仅记录引用
create-output = 数据集输出位置
create-output-note = 发布的版本写入此处
create-kind = 标注场景与类型
create-folders-are-labels = 以子文件夹名称作为标签
create-labels = 标签集，标注时可继续添加
create-label-name = 标签 { $number } 的名称
create-label-hint = 标签名称
create-label-add = 添加标签
create-label-remove = 移除该标签
create-label-twice = 上方已有同名标签
dataset-name = 名称
dataset-name-rule = 可使用字母、数字、中文、下划线和中划线
modify-title = 修改数据集
modify-note = 已发布版本的文件夹保留创建时的名称

## 同步与导入
sync-done = { $name }：{ $what }
sync-nothing-new = 没有新内容
sync-added = 新增 { $count } 个
sync-changed = 变化 { $count } 个
sync-renamed = 重命名 { $count } 个
sync-vanished = { $count } 个已不存在
sync-reappeared = { $count } 个重新出现
sync-kept-deleted = 忽略已删除的 { $count } 个
import-title = 导入到 { $name }
import-confirm = 导入
import-folder = 按文件夹分类
import-folder-path = 文件夹
import-folder-note = 子文件夹的名称将作为其中图片的标签
import-manifest = Manifest 文件
import-manifest-path = Manifest 文件
import-manifest-note = 每行一个 JSON 对象的 .manifest 文件
import-labels = 导入的标签：{ $taken } / { $total }
import-label-more = 其他标签
import-label-filter = 筛选标签
import-label-none = 没有包含“{ $text }”的标签
import-with-labels = 同时导入标签
import-only-hard = 仅导入难例
import-copy = 将文件复制到数据集输入位置
import-done = { $name }：已导入 { $imported } 个样本，略过 { $skipped } 个

## 发布
publish-title = 发布 { $name }
publish-confirm = 发布
publish-what = 该版本包含 { $labeled } 个已标注样本和 { $unlabeled } 个其他样本，发布后成为当前版本
publish-version = 版本名称
publish-version-note = 可使用字母、数字、中划线和下划线；名称不会重复使用
publish-done = { $name } { $version } 已发布：{ $files } 个样本，已标注 { $labeled } 个

## 删除
delete-title = 删除 { $name }？
delete-confirm = 删除数据集
delete-confirm-files = 删除数据集及其文件
delete-done = 已删除 { $name }
delete-dataset-only = 仅删除数据集
delete-dataset-only-note = 从该工作区移除，所有文件保留在原处
delete-also-files = 同时删除文件
delete-also-files-note = { $count } 个文件（{ $size }）将移到工作区的回收站
delete-what-goes = 将被删除的内容
delete-samples = { $count } 个样本，其中已标注 { $labeled } 个
delete-versions = { $count } 个版本：{ $names }
delete-jobs = { $count } 个训练作业使用过它，其结果会保留：{ $names }
delete-folder = 移到回收站：{ $folder }
delete-files-stay = 文件和已发布的版本保留在磁盘上

## 版本
versions-title = 版本管理
versions-empty = 尚未发布任何版本
versions-timeline = 演进过程
versions-compare = 版本对比
version-normal = 正常
version-publishing = 发布中
version-failed = 失败
version-current = 当前版本
version-files = { $count } 个文件
version-labeled = 已标注 { $count } 个
version-added = 新增 { $count }
version-removed = 移除 { $count }
version-set-current = 设为当前版本
version-compare = 将 { $version } 与上一版本对比
version-train = 用 { $version } 训练
version-copy-path = 复制 { $version } 的 Manifest 路径
version-delete = 删除 { $version }
set-current-title = 将 { $version } 设为当前版本？
set-current-text = 当前的样本和标签将替换为 { $version } 的内容。此操作可一步撤销，已发布的版本不会改变。
set-current-done = { $version } 已设为当前版本
delete-version-title = 删除 { $version }？
delete-version-text = 仅移除 { $version } 的条目，其文件保留在磁盘上，名称不再使用。
delete-version-confirm = 删除版本
compare-before = 从
compare-after = 到
compare-same = 请选择两个不同的版本
compare-needs-two = 再发布一个版本即可对比
compare-changed = 已修改
compare-added = 新增
compare-removed = 移除
compare-labels = 标签
compare-nothing = 没有差异
compare-no-label = 无标签

## Exchange formats
publish-include-media = 包含媒体文件：把图片复制到版本中
import-objects = 带标注的文件夹
import-objects-note = 图片及其旁边或该格式文件夹中的标注文件；如果没有图片，则标注数据集中已有的图片
import-format-recognise = 按文件自动识别
import-format-found = 识别为 { $format }
import-format-several = 识别为 { $format }；也像 { $others }
import-format-none-texts = 没有识别到其他工具的格式：文本将以未标注状态导入
import-format-none = 没有找到标注：图片将以未标注状态导入
import-buckets = 存储桶中的文件
import-buckets-note = 该 Manifest 引用了存储桶中的文件。请指明本机上的副本在哪里；留空则这些文件标记为缺失
import-warnings = 导入时的提示
import-warning-count = { $text }（{ $count } 处）
import-warnings-more = 另有 { $count } 类提示
import-bucket = { $prefix } 在本机的文件夹
export-title = 导出 { $name }
export-confirm = 导出
export-of = 内容
export-working-state = 当前工作状态
export-folder = 导出到文件夹
export-folder-note = 新的或空的文件夹
export-with-images = 同时复制图片
export-what = { $images } 张图片，{ $objects } 个物体
export-losses = 该格式无法保存的内容
export-no-losses = 该格式可以保存全部内容
export-done = { $name } 已导出：{ $images } 张图片；{ $differences ->
        [0] 重新读取没有发现差异
       *[other] 重新读取发现 { $differences } 处差异
    }

shape-rule = 标注形状
shape-rule-any = 不限
    .note = 每张图片可使用任意形状
shape-rule-one = 一种形状
    .note = 其他形状工具不可用；已有的标注保持原样
format = 格式
format-voc = Pascal VOC
format-coco = COCO
format-labelme = LabelMe
format-label-studio = Label Studio
format-cvat = CVAT 图片
format-csv = CSV 表格
format-yolo = YOLO 矩形框
format-yolo-segment = YOLO 分割
format-yolo-obb = YOLO 旋转框
list-separator = 、

## 文本文件如何成为样本
text-split = 一个样本是
text-split-line = 一行
    .note = 每个非空行是一条文本；表格（.csv）中每一行记录是一条
text-split-paragraph = 一段
    .note = 到空行为止的若干行是一条文本
text-split-file = 整个文件
    .note = 每个文件是一条文本

## 文本的导入与导出
import-texts = 带标签的文本
import-texts-path = 文件夹或文件
import-texts-note = .txt、.csv 文件，或其他工具导出的文件；带标签列的表格会连同标签一起导入
export-what-texts = { $images } 条文本，{ $objects } 个标签
export-what-entities = { $images } 条文本，{ $objects } 个实体
export-done-texts = { $name } 已导出：{ $images } 条文本；{ $differences ->
        [0] 重新读取后没有差异
       *[other] 重新读取后有 { $differences } 处差异
    }
format-result-pairs = 文本与 _result 文件
format-brat = brat standoff
format-conll = CoNLL 列格式
format-conll-iob1 = CoNLL 列格式（IOB1）
format-conll-bioes = CoNLL 列格式（BIOES）
format-spacy = spaCy JSON
format-doccano = doccano
format-doccano-relations = doccano（含关系）
format-jsonl = JSON Lines
