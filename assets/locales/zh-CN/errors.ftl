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
