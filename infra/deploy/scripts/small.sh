#!/usr/bin/env bash
set -euo pipefail

# Enable the APIs
gcloud services enable cloudresourcemanager.googleapis.com run.googleapis.com cloudfunctions.googleapis.com cloudbuild.googleapis.com artifactregistry.googleapis.com firestore.googleapis.com pubsub.googleapis.com cloudscheduler.googleapis.com firebaserules.googleapis.com monitoring.googleapis.com aiplatform.googleapis.com secretmanager.googleapis.com --project=my-project

# Ask for the number of the project
PROJECT_NUMBER=$(gcloud projects describe my-project '--format=value(projectNumber)')

# Make the Firestore database
gcloud firestore databases describe --database=memories --project=my-project >/dev/null 2>&1 ||
  gcloud firestore databases create --database=memories --location=europe-west1 --type=firestore-native --project=my-project

# Make the service account strata-write-items
gcloud iam service-accounts describe strata-write-items@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-write-items --project=my-project

# Make the service account strata-read-items
gcloud iam service-accounts describe strata-read-items@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-read-items --project=my-project

# Make the service account strata-ingest-items
gcloud iam service-accounts describe strata-ingest-items@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-ingest-items --project=my-project

# Make the service account strata-migrate-tiers
gcloud iam service-accounts describe strata-migrate-tiers@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-migrate-tiers --project=my-project

# Make the service account strata-migrate-session
gcloud iam service-accounts describe strata-migrate-session@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-migrate-session --project=my-project

# Make the service account strata-summarize-session
gcloud iam service-accounts describe strata-summarize-session@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-summarize-session --project=my-project

# Make the service account strata-collect-metrics
gcloud iam service-accounts describe strata-collect-metrics@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-collect-metrics --project=my-project

# Make the service account strata-erase-user
gcloud iam service-accounts describe strata-erase-user@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-erase-user --project=my-project

# Make the service account strata-scheduler
gcloud iam service-accounts describe strata-scheduler@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-scheduler --project=my-project

# Make the service account strata-pubsub
gcloud iam service-accounts describe strata-pubsub@my-project.iam.gserviceaccount.com --project=my-project >/dev/null 2>&1 ||
  gcloud iam service-accounts create strata-pubsub --project=my-project

# Let write-items do its work: it reads and commits changes
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-write-items@my-project.iam.gserviceaccount.com --role=roles/datastore.user --condition=None

# Let write-items do its work: it announces facts, asks for work
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-write-items@my-project.iam.gserviceaccount.com --role=roles/pubsub.publisher --condition=None

# Let write-items do its work: it writes its figures
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-write-items@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None

# Let read-items do its work: it reads, and deletes what it finds expired
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-read-items@my-project.iam.gserviceaccount.com --role=roles/datastore.user --condition=None

# Let read-items do its work: it announces facts, asks for work
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-read-items@my-project.iam.gserviceaccount.com --role=roles/pubsub.publisher --condition=None

# Let read-items do its work: it writes its figures
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-read-items@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None

# Let ingest-items do its work: it reads and commits changes
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-ingest-items@my-project.iam.gserviceaccount.com --role=roles/datastore.user --condition=None

# Let ingest-items do its work: it announces facts, asks for work
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-ingest-items@my-project.iam.gserviceaccount.com --role=roles/pubsub.publisher --condition=None

# Let ingest-items do its work: it writes its figures
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-ingest-items@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None

# Let migrate-tiers do its work: it reads and commits changes
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-migrate-tiers@my-project.iam.gserviceaccount.com --role=roles/datastore.user --condition=None

# Let migrate-tiers do its work: it announces facts, asks for work
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-migrate-tiers@my-project.iam.gserviceaccount.com --role=roles/pubsub.publisher --condition=None

# Let migrate-tiers do its work: it writes its figures
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-migrate-tiers@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None

# Let migrate-session do its work: it reads and commits changes
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-migrate-session@my-project.iam.gserviceaccount.com --role=roles/datastore.user --condition=None

# Let migrate-session do its work: it announces facts, asks for work
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-migrate-session@my-project.iam.gserviceaccount.com --role=roles/pubsub.publisher --condition=None

# Let migrate-session do its work: it writes its figures
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-migrate-session@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None

# Let summarize-session do its work: it reads and commits changes
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-summarize-session@my-project.iam.gserviceaccount.com --role=roles/datastore.user --condition=None

# Let summarize-session do its work: it announces facts, asks for work
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-summarize-session@my-project.iam.gserviceaccount.com --role=roles/pubsub.publisher --condition=None

# Let summarize-session do its work: it writes its figures
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-summarize-session@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None

# Let summarize-session do its work: it asks Gemini for summaries
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-summarize-session@my-project.iam.gserviceaccount.com --role=roles/aiplatform.user --condition=None

# Let collect-metrics do its work: it reads heads, items and segments
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-collect-metrics@my-project.iam.gserviceaccount.com --role=roles/datastore.viewer --condition=None

# Let collect-metrics do its work: it announces facts, asks for work
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-collect-metrics@my-project.iam.gserviceaccount.com --role=roles/pubsub.publisher --condition=None

# Let collect-metrics do its work: it writes its figures
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-collect-metrics@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None

# Let erase-user do its work: it reads and commits changes
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-erase-user@my-project.iam.gserviceaccount.com --role=roles/datastore.user --condition=None

# Let erase-user do its work: it announces facts, asks for work
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-erase-user@my-project.iam.gserviceaccount.com --role=roles/pubsub.publisher --condition=None

# Let erase-user do its work: it writes its figures
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:strata-erase-user@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None

# Make the secret for the key of cursors
gcloud secrets describe strata-cursor-key --project=my-project >/dev/null 2>&1 ||
  gcloud secrets create strata-cursor-key --replication-policy=automatic --project=my-project

# Make a key
CURSOR_KEY=$(node -p 'crypto.randomBytes(32).toString('\''base64url'\'')')

# Keep the key in the secret
gcloud secrets versions describe latest --secret=strata-cursor-key --project=my-project >/dev/null 2>&1 ||
  printf %s "${CURSOR_KEY}" | gcloud secrets versions add strata-cursor-key --data-file=- --project=my-project

# Let read-items read the secret strata-cursor-key
gcloud secrets add-iam-policy-binding strata-cursor-key --member=serviceAccount:strata-read-items@my-project.iam.gserviceaccount.com --role=roles/secretmanager.secretAccessor --project=my-project

# Bundle the functions
npm run bundle

# Deploy write-items
gcloud functions deploy write-items --gen2 --runtime=nodejs24 --source=.bundles/write-items --entry-point=write-items --trigger-http --no-allow-unauthenticated --ingress-settings=all --service-account=strata-write-items@my-project.iam.gserviceaccount.com --memory=512Mi --cpu=1 --concurrency=80 --min-instances=0 --max-instances=100 --timeout=60s '--set-env-vars=^##^GOOGLE_CLOUD_PROJECT=my-project##STRATA_FIRESTORE_DATABASE=memories##STRATA_TRUST_IAM=true##STRATA_SCHEDULER_ACCOUNTS=strata-scheduler@my-project.iam.gserviceaccount.com##STRATA_PUBSUB_ACCOUNTS=strata-pubsub@my-project.iam.gserviceaccount.com' --region=europe-west1 --project=my-project --quiet

# Deploy read-items
gcloud functions deploy read-items --gen2 --runtime=nodejs24 --source=.bundles/read-items --entry-point=read-items --trigger-http --no-allow-unauthenticated --ingress-settings=all --service-account=strata-read-items@my-project.iam.gserviceaccount.com --memory=512Mi --cpu=1 --concurrency=80 --min-instances=0 --max-instances=100 --timeout=60s '--set-env-vars=^##^GOOGLE_CLOUD_PROJECT=my-project##STRATA_FIRESTORE_DATABASE=memories##STRATA_TRUST_IAM=true##STRATA_SCHEDULER_ACCOUNTS=strata-scheduler@my-project.iam.gserviceaccount.com##STRATA_PUBSUB_ACCOUNTS=strata-pubsub@my-project.iam.gserviceaccount.com' --set-secrets=STRATA_CURSOR_KEY=strata-cursor-key:latest --region=europe-west1 --project=my-project --quiet

# Deploy ingest-items
gcloud functions deploy ingest-items --gen2 --runtime=nodejs24 --source=.bundles/ingest-items --entry-point=ingest-items --trigger-http --no-allow-unauthenticated --ingress-settings=internal-only --service-account=strata-ingest-items@my-project.iam.gserviceaccount.com --memory=512Mi --cpu=1 --concurrency=10 --min-instances=0 --max-instances=50 --timeout=540s '--set-env-vars=^##^GOOGLE_CLOUD_PROJECT=my-project##STRATA_FIRESTORE_DATABASE=memories##STRATA_TRUST_IAM=true##STRATA_SCHEDULER_ACCOUNTS=strata-scheduler@my-project.iam.gserviceaccount.com##STRATA_PUBSUB_ACCOUNTS=strata-pubsub@my-project.iam.gserviceaccount.com' --region=europe-west1 --project=my-project --quiet

# Deploy migrate-tiers
gcloud functions deploy migrate-tiers --gen2 --runtime=nodejs24 --source=.bundles/migrate-tiers --entry-point=migrate-tiers --trigger-http --no-allow-unauthenticated --ingress-settings=internal-only --service-account=strata-migrate-tiers@my-project.iam.gserviceaccount.com --memory=512Mi --cpu=1 --concurrency=1 --min-instances=0 --max-instances=2 --timeout=120s '--set-env-vars=^##^GOOGLE_CLOUD_PROJECT=my-project##STRATA_FIRESTORE_DATABASE=memories##STRATA_TRUST_IAM=true##STRATA_SCHEDULER_ACCOUNTS=strata-scheduler@my-project.iam.gserviceaccount.com##STRATA_PUBSUB_ACCOUNTS=strata-pubsub@my-project.iam.gserviceaccount.com' --region=europe-west1 --project=my-project --quiet

# Deploy migrate-session
gcloud functions deploy migrate-session --gen2 --runtime=nodejs24 --source=.bundles/migrate-session --entry-point=migrate-session --trigger-http --no-allow-unauthenticated --ingress-settings=internal-only --service-account=strata-migrate-session@my-project.iam.gserviceaccount.com --memory=512Mi --cpu=1 --concurrency=10 --min-instances=0 --max-instances=50 --timeout=540s '--set-env-vars=^##^GOOGLE_CLOUD_PROJECT=my-project##STRATA_FIRESTORE_DATABASE=memories##STRATA_TRUST_IAM=true##STRATA_SCHEDULER_ACCOUNTS=strata-scheduler@my-project.iam.gserviceaccount.com##STRATA_PUBSUB_ACCOUNTS=strata-pubsub@my-project.iam.gserviceaccount.com' --region=europe-west1 --project=my-project --quiet

# Deploy summarize-session
gcloud functions deploy summarize-session --gen2 --runtime=nodejs24 --source=.bundles/summarize-session --entry-point=summarize-session --trigger-http --no-allow-unauthenticated --ingress-settings=internal-only --service-account=strata-summarize-session@my-project.iam.gserviceaccount.com --memory=512Mi --cpu=1 --concurrency=10 --min-instances=0 --max-instances=50 --timeout=540s '--set-env-vars=^##^GOOGLE_CLOUD_PROJECT=my-project##STRATA_FIRESTORE_DATABASE=memories##STRATA_TRUST_IAM=true##STRATA_SCHEDULER_ACCOUNTS=strata-scheduler@my-project.iam.gserviceaccount.com##STRATA_PUBSUB_ACCOUNTS=strata-pubsub@my-project.iam.gserviceaccount.com' --region=europe-west1 --project=my-project --quiet

# Deploy collect-metrics
gcloud functions deploy collect-metrics --gen2 --runtime=nodejs24 --source=.bundles/collect-metrics --entry-point=collect-metrics --trigger-http --no-allow-unauthenticated --ingress-settings=internal-only --service-account=strata-collect-metrics@my-project.iam.gserviceaccount.com --memory=512Mi --cpu=1 --concurrency=1 --min-instances=0 --max-instances=2 --timeout=120s '--set-env-vars=^##^GOOGLE_CLOUD_PROJECT=my-project##STRATA_FIRESTORE_DATABASE=memories##STRATA_TRUST_IAM=true##STRATA_SCHEDULER_ACCOUNTS=strata-scheduler@my-project.iam.gserviceaccount.com##STRATA_PUBSUB_ACCOUNTS=strata-pubsub@my-project.iam.gserviceaccount.com' --region=europe-west1 --project=my-project --quiet

# Deploy erase-user
gcloud functions deploy erase-user --gen2 --runtime=nodejs24 --source=.bundles/erase-user --entry-point=erase-user --trigger-http --no-allow-unauthenticated --ingress-settings=all --service-account=strata-erase-user@my-project.iam.gserviceaccount.com --memory=512Mi --cpu=1 --concurrency=10 --min-instances=0 --max-instances=10 --timeout=60s '--set-env-vars=^##^GOOGLE_CLOUD_PROJECT=my-project##STRATA_FIRESTORE_DATABASE=memories##STRATA_TRUST_IAM=true##STRATA_SCHEDULER_ACCOUNTS=strata-scheduler@my-project.iam.gserviceaccount.com##STRATA_PUBSUB_ACCOUNTS=strata-pubsub@my-project.iam.gserviceaccount.com' --region=europe-west1 --project=my-project --quiet

# Let strata-pubsub call ingest-items
gcloud functions add-invoker-policy-binding ingest-items --member=serviceAccount:strata-pubsub@my-project.iam.gserviceaccount.com --region=europe-west1 --project=my-project

# Let strata-pubsub call summarize-session
gcloud functions add-invoker-policy-binding summarize-session --member=serviceAccount:strata-pubsub@my-project.iam.gserviceaccount.com --region=europe-west1 --project=my-project

# Let strata-pubsub call migrate-session
gcloud functions add-invoker-policy-binding migrate-session --member=serviceAccount:strata-pubsub@my-project.iam.gserviceaccount.com --region=europe-west1 --project=my-project

# Let strata-scheduler call migrate-tiers
gcloud functions add-invoker-policy-binding migrate-tiers --member=serviceAccount:strata-scheduler@my-project.iam.gserviceaccount.com --region=europe-west1 --project=my-project

# Let strata-scheduler call collect-metrics
gcloud functions add-invoker-policy-binding collect-metrics --member=serviceAccount:strata-scheduler@my-project.iam.gserviceaccount.com --region=europe-west1 --project=my-project

# Make rules, indexes, topics, subscriptions, schedules and alerts
npm run provision -- --project my-project --region europe-west1 --database memories --time-zone Etc/UTC

# Let Pub/Sub publish dead letters
gcloud pubsub topics add-iam-policy-binding memory-dead-letter "--member=serviceAccount:service-${PROJECT_NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com" --role=roles/pubsub.publisher --project=my-project

# Let Pub/Sub take dead letters from summarize-session
gcloud pubsub subscriptions add-iam-policy-binding summarize-session "--member=serviceAccount:service-${PROJECT_NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com" --role=roles/pubsub.subscriber --project=my-project

# Let Pub/Sub take dead letters from migrate-session
gcloud pubsub subscriptions add-iam-policy-binding migrate-session "--member=serviceAccount:service-${PROJECT_NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com" --role=roles/pubsub.subscriber --project=my-project
