### 几个部分共用的词。数字由程序加分隔符：直接写 { $count }。

# 一行之内：什么失败，下一步做什么。
explanation = { $message }。{ $next }

## 时间
time-just-now = 刚刚
time-minutes-ago = { $count } 分钟前
time-hours-ago = { $count } 小时前
time-days-ago = { $count ->
    [1] 昨天
   *[other] { $count } 天前
}
time-months-ago = { $count } 个月前
time-years-ago = { $count } 年前
time-in-future = 稍后
duration-milliseconds = { $milliseconds } 毫秒
duration-seconds = { $seconds } 秒
duration-minutes = { $minutes } 分 { $seconds } 秒
duration-hours = { $hours } 小时 { $minutes } 分

## 数量
count-samples = { $count } 个样本
count-images = { $count } 张图片
count-labels = { $count } 个标签
count-files = { $count } 个文件

# Heads of tables, as a screen reader says them
sorted-up = { $name }，升序
sorted-down = { $name }，降序
