export { latestAdultBirthDate, majorityOn } from './majority.js';
export {
  DEFAULT_USERTYPES,
  PROFILE_FIELDS,
  type ProfileField,
  type ProfileFieldName,
} from './profile-fields.js';
export { todayIn } from './today.js';
