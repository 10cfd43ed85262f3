### 模型与服务：部署、测试、调用。

## 模型
models-empty = 模型来自运行成功的训练作业，或从文件夹导入
    .button = 前往训练
models-search = 搜索模型
models-nothing-found = 没有与“{ $text }”匹配的模型
column-size = 大小
column-model = 模型
model-import = 导入…
model-import-title = 导入模型
model-import-confirm = 导入
model-imported = 已导入 { $name } { $version }
model-folder = 模型文件夹
model-folder-note = 包含权重文件和 config.json 的文件夹，例如训练作业的 “model” 文件夹
model-open-job = 打开训练作业
model-copy-path = 复制路径
model-delete = 删除…
model-deleted = 已删除 { $name }
model-delete-title = 删除模型 { $name }？
model-delete-text = 模型将从列表中移除，磁盘上的文件保留。

## 部署
deploy = 部署…
    .tip = 创建模型，并部署为可通过 HTTP 调用的在线服务
deploy-title = 部署 { $name }
deploy-confirm = 部署
deploy-text = 服务仅在本机通过 HTTP 提供。它在单独的进程中运行，关闭窗口后继续运行。
deploy-model = 模型名称
deploy-model-note = 若名称已存在，则创建它的下一个版本
deploy-service = 服务名称
deploy-taken = 已有名为 { $name } 的服务
deploy-port = 端口
deploy-port-hint = 自动选择
deploy-port-wrong = 请填写 1024 到 65535 之间的数

## 令牌
token-title = { $name } 的令牌
token-once = 请立即复制令牌：它只显示这一次，不会保存
token-token = 令牌
token-copy = 复制令牌
token-open = 打开服务
token-renew = 更换令牌…
token-renew-title = 更换 { $name } 的令牌？
token-renew-text = 更换后旧令牌立即失效，使用它的程序需要改用新令牌。运行中的服务会重新启动。
copy = 复制
copied = 已复制

## 在线服务
services-empty-training = 在线服务基于训练好的模型：请先训练模型
    .button = 前往训练
services-empty-models = 还没有在线服务：请部署一个模型
    .button = 前往模型
services-models = 部署模型
service-deploying = 部署中
service-running = 运行中
service-alarm = 告警
service-finished = 运行完成
service-failed = 异常
service-stopped = 已停止
service-open = 打开
service-start = 启动
service-stop = 停止
service-delete = 删除…
service-deleted = 已删除 { $name }
service-delete-title = 删除服务 { $name }？
service-delete-text = 服务将停止，其地址、令牌和日志都会删除，模型保留。
service-address = 地址
service-curl = 在终端中调用
service-call-note = 请先将令牌放入环境变量 MODELIER_TOKEN。令牌在创建服务时显示；若已遗失，请更换令牌。
service-no-address = 服务启动后才有地址
service-calls = 调用 { $calls } 次，失败 { $failed } 次
column-calls = 调用次数
column-failed = 失败次数
address-copy = 复制地址
curl-copy = 复制命令
tab-test = 预测
tab-call = 调用方式
test-file = 图片
test-file-hint = 将图片拖到此处，或输入路径
test-ask = 预测
test-drop = 将图片拖到窗口中
test-stopped = 启动服务后才能预测
test-answer = 预测标签
test-entities = 实体
test-no-entities = 模型没有找到实体
test-found = { $count ->
    [0] 未检测到物体
   *[other] 检测到 { $count } 个物体
}
test-found-more = 图中另有 { $count } 个
test-use-score = 服务采用此置信度
    .tip = 此后服务不再返回低于该置信度的物体；服务将在原地址重启
service-from-score = 置信度不低于 { $score }
test-nothing = 预测结果显示在这里

## Asking about a text
test-text = 要预测的文本
test-text-hint = 输入一段文本，看看模型的结果
