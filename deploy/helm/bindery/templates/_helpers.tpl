{{- define "bindery.labels" -}}
app.kubernetes.io/name: bindery
app.kubernetes.io/part-of: bindery
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "bindery.selector" -}}
app.kubernetes.io/name: bindery
app.kubernetes.io/part-of: bindery
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{/* The names of the roles, with spaces between them. */}}
{{- define "bindery.roles" -}}
dispatcher worker assembler{{ if .Values.api.enabled }} api{{ end }}
{{- end }}

{{- define "bindery.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{/* The settings as lines of variables. Takes `prefix` and `tree`. */}}
{{- define "bindery.variables" -}}
{{- $prefix := .prefix -}}
{{- range $name, $value := .tree }}
{{- $variable := printf "%s%s" $prefix (upper (replace "-" "_" $name)) }}
{{- if kindIs "map" $value }}
{{- include "bindery.variables" (dict "prefix" (printf "%s__" $variable) "tree" $value) }}
{{- else if kindIs "float64" $value }}
{{ $variable }}: {{ if eq $value (floor $value) }}{{ int64 $value | quote }}{{ else }}{{ $value | quote }}{{ end }}
{{- else if kindIs "slice" $value }}
{{ $variable }}: {{ join "," $value | quote }}
{{- else }}
{{ $variable }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* The port of an address at which a role listens. */}}
{{- define "bindery.port" -}}
{{- $port := regexFind "[0-9]+$" . }}
{{- if or (not $port) (regexMatch "^(127\\.|localhost|\\[::1\\])" .) }}
{{- fail (printf "nobody reaches a pod at %s: write an address like 0.0.0.0:9464" .) }}
{{- end }}
{{- $port }}
{{- end }}

{{/* How many seconds a pod has to drain: `settings.serve.grace` and half a minute. */}}
{{- define "bindery.grace" -}}
{{- $grace := .Values.settings.serve.grace }}
{{- $given := int .Values.pods.terminationGracePeriodSeconds }}
{{- $unit := regexFind "[a-z]+$" $grace }}
{{- if not (regexMatch "^[0-9]+(s|min|h)$" $grace) }}
{{- fail (printf "settings.serve.grace is %q: write a number with one of the units s, min and h" $grace) }}
{{- end }}
{{- $needed := add 30 (mul (trimSuffix $unit $grace | int) (get (dict "s" 1 "min" 60 "h" 3600) $unit)) }}
{{- if and $given (lt $given (int $needed)) }}
{{- fail (printf "pods.terminationGracePeriodSeconds is %d, but a grace of %s needs at least %d" $given $grace $needed) }}
{{- end }}
{{- $given | default $needed }}
{{- end }}

{{/* The specification of a pod. Takes `root`, `role`, `values` of the role and the arguments `args`. */}}
{{- define "bindery.pod" -}}
{{- $values := .root.Values }}
{{- $pods := $values.pods }}
{{- $own := .values }}
{{- $files := has .role (list "dispatcher" "assembler" "api" "doctor") }}
{{- $models := has .role (list "dispatcher" "worker" "api" "doctor") }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- if ne .role "doctor" }}
serviceAccountName: bindery-{{ .role }}
terminationGracePeriodSeconds: {{ include "bindery.grace" .root }}
topologySpreadConstraints:
{{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "bindery.selector" $ | nindent 8 }}
{{- end }}
{{- else }}
serviceAccountName: bindery-assembler
restartPolicy: Never
{{- end }}
{{- with $values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pods.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with merge (dict) $own.nodeSelector $pods.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with concat $pods.tolerations $own.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with merge (dict) $own.affinity $pods.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
containers:
  - name: bindery
    image: {{ $own.image | default (include "bindery.image" .root) }}
    {{- with $values.image.pullPolicy }}
    imagePullPolicy: {{ . }}
    {{- end }}
    args: {{ toJson .args }}
    envFrom:
      - configMapRef: { name: bindery-settings }
      {{- if and $models $values.secrets.modelKeys }}
      - secretRef: { name: {{ $values.secrets.modelKeys }} }
      {{- end }}
      {{- if and $files $values.secrets.filesKey }}
      - secretRef: { name: {{ $values.secrets.filesKey }} }
      {{- end }}
      {{- with concat $pods.extraEnvFrom $own.extraEnvFrom }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    env:
      {{- if and $values.rabbitmqCluster (eq .role "doctor") }}
      {{- range $variable, $key := dict "BROKER_PASSWORD" "password" "BROKER_USER" "username" }}
      - name: {{ $variable }}
        valueFrom:
          secretKeyRef: { name: {{ $values.rabbitmqCluster }}-default-user, key: {{ $key }} }
      {{- end }}
      {{- end }}
      {{- if $values.secrets.authority }}
      - { name: BINDERY_QUEUE__CA_FILE, value: /etc/bindery/authority/ca.crt }
      - { name: BINDERY_STORE__CA_FILE, value: /etc/bindery/authority/ca.crt }
      {{- end }}
      - name: BINDERY_QUEUE__URL
        valueFrom:
          {{- if $values.rabbitmqCluster }}
          secretKeyRef: { name: {{ $values.rabbitmqCluster }}-default-user, key: connection_string }
          {{- else }}
          secretKeyRef: { name: {{ $values.secrets.broker }}, key: url }
          {{- end }}
      {{- if eq .role "doctor" }}
      - name: BINDERY_QUEUE__MANAGEMENT_URL
        {{- if $values.rabbitmqCluster }}
        value: http://$(BROKER_USER):$(BROKER_PASSWORD)@{{ $values.rabbitmqCluster }}:15672/
        {{- else }}
        valueFrom:
          secretKeyRef: { name: {{ $values.secrets.broker }}, key: management-url, optional: true }
        {{- end }}
      {{- end }}
      - name: BINDERY_STORE__URL
        valueFrom:
          secretKeyRef: { name: {{ $values.secrets.store }}, key: url }
      {{- with concat $pods.extraEnv $own.extraEnv }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- if ne .role "doctor" }}
    {{- if eq .role "api" }}
    lifecycle:
      preStop: { sleep: { seconds: 10 } }
    {{- end }}
    ports:
      {{- if eq .role "api" }}
      - { name: api, containerPort: {{ include "bindery.port" $values.settings.api.address }} }
      {{- end }}
      - { name: metrics, containerPort: {{ include "bindery.port" $values.settings.serve.admin }} }
    startupProbe:
      httpGet: { path: /healthz, port: metrics }
      periodSeconds: 2
      failureThreshold: 60
    livenessProbe:
      httpGet: { path: /healthz, port: metrics }
      periodSeconds: 20
      timeoutSeconds: 5
      failureThreshold: 6
      terminationGracePeriodSeconds: 20
    readinessProbe:
      {{- if eq .role "api" }}
      httpGet: { path: /, port: api }
      {{- else }}
      httpGet: { path: /readyz, port: metrics }
      {{- end }}
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 3
    {{- end }}
    {{- $limits := $own.resources.limits | default dict }}
    {{- if and $pods.cpuLimit (not (hasKey $limits "cpu")) }}
    {{- $limits = merge (dict "cpu" $pods.cpuLimit) $limits }}
    {{- end }}
    resources: {{- toYaml (merge (dict "limits" $limits) $own.resources) | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
    {{- $mounts := concat $pods.extraVolumeMounts $own.extraVolumeMounts }}
    {{- $volumes := concat $pods.extraVolumes $own.extraVolumes }}
    {{- if and $files $values.filesVolume.enabled }}
    {{- $mounts = prepend $mounts (dict "name" "files" "mountPath" "/var/lib/bindery") }}
    {{- $volumes = prepend $volumes (dict "name" "files" "persistentVolumeClaim" (dict "claimName" "bindery-files")) }}
    {{- end }}
    {{- if or $mounts $values.secrets.authority }}
    volumeMounts:
      {{- if $values.secrets.authority }}
      - { name: authority, mountPath: /etc/bindery/authority, readOnly: true }
      {{- end }}
      {{- with $mounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- end }}
{{- if or $volumes $values.secrets.authority }}
volumes:
  {{- with $values.secrets.authority }}
  - name: authority
    secret:
      secretName: {{ . }}
      items: [{ key: ca.crt, path: ca.crt }]
  {{- end }}
  {{- with $volumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}
