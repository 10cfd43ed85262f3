### 出错信息，按代码：`error-CODE` 说明什么失败及原因，属性 `.next` 说明下一步。
### 参数的值若是程序用词，且有 `argument-NAME-VALUE`，则显示该译文。

## 名称与参数
argument-kind-dataset-name = 数据集名称
argument-kind-version-name = 版本名称
argument-kind-label-name = 标签名称
argument-kind-job-name = 作业名称
argument-kind-model-name = 模型名称
argument-kind-service-name = 服务名称
argument-kind-description = 描述

error-name-empty = { $kind }为空
    .next = 请输入名称
error-name-too-long = { $kind }有 { $length } 个字符，上限为 { $limit } 个：{ $name }
    .next = 请缩短
error-name-character = { $kind }不能包含“{ $character }”：{ $name }
    .next = 请使用字母、数字、- 和 _（除版本名称外也可用中文）
error-name-first-character = { $kind }必须以字母或中文开头：{ $name }
    .next = 请以字母或中文开头
error-parameter-unknown = { $algorithm } 没有参数 { $name }
    .next = 请使用其中之一：{ $known }
error-parameter-value = { $name } 的值为“{ $value }”，应为 { $expected }
    .next = 请修改该值

# Engines, workers and services
error-job-file-newer = { $file } 由更新的版本写入：格式为 { $found }，本版本最多能读 { $known }
    .next = 请使用更新的版本处理此作业
error-job-file-malformed = 无法理解作业的 { $file }：{ $reason }
    .next = 请重新运行作业；其文件夹被其他程序改动过
error-job-folder-io = 无法对作业文件执行 { $action }：{ $reason }：{ $path }
    .next = 请检查文件夹是否存在、可写且有剩余空间
error-job-already-running = 已在运行：{ $path }
    .next = 请先停止，或等待其结束
error-worker-start = 无法启动工作进程：{ $reason }：{ $path }
    .next = 请检查程序是否仍在原处
error-worker-kill = 无法结束工作进程：{ $reason }：{ $path }
    .next = 请几秒后重试
error-worker-interrupted = 工作进程已消失：被终止，或机器曾关机
    .next = 请重新运行
error-worker-killed = 工作进程被信号 { $signal } 结束；信号 9 通常表示内存不足
    .next = 请关闭其他程序或选择更小的参数后重新运行
error-worker-ended = 工作进程意外结束，退出码 { $exit_code }
    .next = 请查看日志末尾
error-worker-panic = 程序故障中断了工作：{ $message }
    .next = 请查看日志末尾，并报告此故障
error-service-port-taken = 端口已被其他程序占用：{ $address }
    .next = 请换一个端口，或不指定以使用空闲端口
error-service-listen = 无法在此监听：{ $reason }：{ $address }
    .next = 请换一个地址或端口
error-service-token-hash = 服务保存的令牌已损坏
    .next = 请生成新的令牌
error-service-runtime = 无法运行服务：{ $reason }
    .next = 请关闭其他程序后重新启动
error-service-unreachable = 服务没有应答：{ $reason }：{ $address }
    .next = 请启动服务，或查看其日志
error-service-refused = 服务拒绝了请求，{ $status } { $code }：{ $reason }
    .next = 请修改所发送的内容，或查看服务日志
error-service-answer = 该地址上的不是 Modelier 服务：{ $reason }：{ $address }
    .next = 请检查地址
