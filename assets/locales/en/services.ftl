### Models and services: deploy, test, calls.

## Models
models-empty = A model comes from a training job that succeeded, or from a folder
    .button = Go to training
models-search = Search models
models-nothing-found = No model matches “{ $text }”
column-size = Size
column-model = Model
model-import = Import…
model-import-title = Import a model
model-import-confirm = Import
model-imported = { $name } { $version } was imported
model-folder = Model folder
model-folder-note = A folder with weights and a config.json, e.g. a “model” folder of a training job
model-open-job = Open its training job
model-copy-path = Copy its path
model-delete = Delete…
model-deleted = { $name } was deleted
model-delete-title = Delete the model { $name }?
model-delete-text = The model leaves the list. Its files stay on the disk.

## Deploying
deploy = Deploy…
    .tip = Make a model and a service that answers over HTTP
deploy-title = Deploy { $name }
deploy-confirm = Deploy
deploy-text = The service answers over HTTP on this machine only. It runs in a process of its own and goes on when this window is closed.
deploy-model = Model name
deploy-model-note = A name that exists gets its next version
deploy-service = Service name
deploy-taken = There is a service { $name } already
deploy-port = Port
deploy-port-hint = A free one
deploy-port-wrong = A number from 1024 to 65535

## Token
token-title = Token of { $name }
token-once = Copy the token now: it is shown this once and stored nowhere
token-token = Token
token-copy = Copy the token
token-open = Open the service
token-renew = Renew the token…
token-renew-title = Renew the token of { $name }?
token-renew-text = From then on the old token is refused: programs that use it need the new one. A running service starts again.
copy = Copy
copied = Copied

## Services
services-empty-training = A service answers for a trained model: train one first
    .button = Go to training
services-empty-models = No service is running: deploy a model
    .button = Go to models
services-models = Deploy a model
service-deploying = Starting
service-running = Running
service-alarm = Alarm
service-finished = Finished
service-failed = Failed
service-stopped = Stopped
service-open = Open
service-start = Start
service-stop = Stop
service-delete = Delete…
service-deleted = { $name } was deleted
service-delete-title = Delete the service { $name }?
service-delete-text = The service stops, and its address, token and log go. Its model stays.
service-address = Address
service-curl = Call it from a terminal
service-call-note = Put the token into MODELIER_TOKEN first. It was shown when the service was made; if it is lost, renew it.
service-no-address = The service has an address once it has started
service-calls = { $calls ->
    [one] { $calls } call
   *[other] { $calls } calls
}, { $failed } failed
column-calls = Calls
column-failed = Failed
address-copy = Copy the address
curl-copy = Copy the command
tab-test = Test
tab-call = Call
test-file = Picture
test-file-hint = Drop a picture here, or type its path
test-ask = Ask
test-drop = Drop a picture on this window
test-stopped = Start the service to ask it
test-answer = Predicted label
test-entities = Entities
test-no-entities = The model found no entities
test-found = { $count ->
    [0] No objects found
    [one] { $count } object found
   *[other] { $count } objects found
}
test-found-more = { $count } more in the picture
test-use-score = Answer from here on
    .tip = The service leaves out objects below this score from now on; it restarts on its address
service-from-score = From score { $score }
test-nothing = The answer appears here

## Asking about a text
test-text = Text to ask about
test-text-hint = What would the model say of this?
